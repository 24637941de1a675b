/** How many samples each class has, as bars: training solid, validation lighter behind it. */
import { TextInput, UnstyledButton } from '@mantine/core'
import { useState, type CSSProperties } from 'react'
import { count } from '../ui/format.ts'
import classes from './ClassBars.module.css'

interface ClassCount {
  name: string
  train: number
  validation: number
}

interface ClassBarsProps {
  classes: readonly ClassCount[]
  /** Index of the class that the samples are filtered by. */
  selected?: number | null
  onSelect?: (index: number | null) => void
}

/** From this many classes on a search helps. */
const many = 20

export function ClassBars({ classes: list, selected, onSelect }: ClassBarsProps) {
  const [search, setSearch] = useState('')
  const longest = Math.max(...list.map((one) => one.name.length))
  const most = Math.max(1, ...list.map((one) => one.train + one.validation))
  const wanted = search.trim().toLowerCase()
  const shown = list
    .map((one, index) => ({ ...one, index }))
    .filter((one) => one.name.toLowerCase().includes(wanted))
  return (
    <>
      {list.length > many && (
        <TextInput
          aria-label="Search classes"
          placeholder={`Search ${list.length} classes`}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
          mb={6}
        />
      )}
      <ul className={classes.list} style={{ '--name': `${Math.min(18, longest + 1)}ch` } as CSSProperties}>
        {shown.map((one) => {
          const total = one.train + one.validation
          const content = (
            <>
              <span className={classes.name}>{one.name}</span>
              <span className={classes.track}>
                <span className={classes.train} style={{ width: `${(100 * one.train) / most}%` }} />
                <span className={classes.validation} style={{ width: `${(100 * one.validation) / most}%` }} />
              </span>
              <span className={classes.count}>{count(total)}</span>
            </>
          )
          const title =
            one.validation > 0
              ? `${one.name}: ${count(one.train)} to train on, ${count(one.validation)} held out`
              : `${one.name}: ${count(total)}`
          return (
            <li key={one.index} title={title}>
              {onSelect ? (
                <UnstyledButton
                  className={classes.row}
                  aria-pressed={selected === one.index}
                  aria-label={`Show only ${title}`}
                  onClick={() => onSelect(selected === one.index ? null : one.index)}
                >
                  {content}
                </UnstyledButton>
              ) : (
                <div className={classes.row}>{content}</div>
              )}
            </li>
          )
        })}
        {shown.length === 0 && <li className={classes.none}>No class is named like “{search}”.</li>}
      </ul>
    </>
  )
}
