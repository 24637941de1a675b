/** How many samples each class has, as bars: training solid, validation lighter, test in outline. */
import { TextInput, UnstyledButton } from '@mantine/core'
import { useState, type CSSProperties } from 'react'
import type { Dataset } from '../../main/common/data/dataset.ts'
import { count } from '../ui/format.ts'
import { VirtualList } from '../ui/VirtualList.tsx'
import classes from './ClassBars.module.css'

type ClassCount = Dataset['classes'][number]

interface ClassBarsProps {
  classes: readonly ClassCount[]
  /** Index of the class that the samples are filtered by. */
  selected?: number | null
  onSelect?: (index: number | null) => void
  /** In pixels; more classes scroll. */
  maxHeight?: number
}

/** From this many classes on a search helps. */
const many = 20
const rowHeight = 24

export function ClassBars({ classes: list, selected, onSelect, maxHeight = 12 * rowHeight }: ClassBarsProps) {
  const [search, setSearch] = useState('')
  const longest = list.reduce((most, one) => Math.max(most, one.name.length), 0)
  const most = list.reduce((largest, one) => Math.max(largest, totalOf(one)), 1)
  const wanted = search.trim().toLowerCase()
  const shown = list
    .map((one, index) => ({ ...one, index }))
    .filter((one) => one.name.toLowerCase().includes(wanted))
  return (
    <>
      {list.length > many && (
        <TextInput
          aria-label="Search classes"
          placeholder={`Search ${count(list.length)} classes`}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
          mb={6}
        />
      )}
      <div style={{ '--name': `${Math.min(18, longest + 1)}ch` } as CSSProperties}>
        <VirtualList count={shown.length} rowHeight={rowHeight} maxHeight={maxHeight} label="Classes">
          {(at) => {
            const one = shown[at]
            return one && <Row one={one} most={most} selected={selected === one.index} onSelect={onSelect} />
          }}
        </VirtualList>
      </div>
      {shown.length === 0 && <div className={classes.none}>No class is named like “{search}”.</div>}
    </>
  )
}

const totalOf = ({ train, validation, test }: ClassCount): number => train + validation + test

interface RowProps {
  one: ClassCount & { index: number }
  most: number
  selected: boolean
  onSelect: ((index: number | null) => void) | undefined
}

function Row({ one, most, selected, onSelect }: RowProps) {
  const width = (part: number): CSSProperties => ({ width: `${(100 * part) / most}%` })
  const content = (
    <>
      <bdi className={classes.name}>{one.name}</bdi>
      <span className={classes.track}>
        {one.train > 0 && <span className={classes.train} style={width(one.train)} />}
        {one.validation > 0 && <span className={classes.validation} style={width(one.validation)} />}
        {one.test > 0 && <span className={classes.test} style={width(one.test)} />}
      </span>
      <span className={classes.count}>{count(totalOf(one))}</span>
    </>
  )
  const title = describe(one)
  return onSelect ? (
    <UnstyledButton
      className={classes.row}
      title={title}
      aria-pressed={selected}
      aria-label={`Show only ${title}`}
      onClick={() => onSelect(selected ? null : one.index)}
    >
      {content}
    </UnstyledButton>
  ) : (
    <div className={classes.row} title={title}>
      {content}
    </div>
  )
}

function describe(one: ClassCount): string {
  if (one.validation + one.test === 0) return `${one.name}: ${count(one.train)}`
  const test = one.test > 0 ? `, ${count(one.test)} for the test` : ''
  return `${one.name}: ${count(one.train)} to train on, ${count(one.validation)} to validate${test}`
}
