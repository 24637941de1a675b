/** One row of the tape: the lines beside it, what it is, what it gave out and what that took. */
import { IconChevronRight } from '@tabler/icons-react'
import { memo, type MouseEvent } from 'react'
import type { LayerGroup } from '../../../main/common/layer.ts'
import type { TapeLayer, TapeRecord } from '../../../main/common/tape/record.ts'
import { groupColour, unknownColour } from '../../build/groups.ts'
import { clsx } from '../../ui/clsx.ts'
import { bytes, count, counted, measure, milliseconds } from '../../ui/format.ts'
import type { Lanes } from './lanes.ts'
import type { Row } from './rows.ts'
import { toggle } from './tape.ts'
import classes from './Tape.module.css'
import { shapeText } from './words.ts'

/** Pixels of a row. */
export const rowHeight = 26
/** Lines further to the right are drawn in the last one. */
export const mostLanes = 8

/** What bars are drawn to: the longest time and the most memory of any row. */
export interface Scale {
  ms: number
  bytes: number
}

export function scaleOf(rows: readonly Row[]): Scale {
  const scale: Scale = { ms: 0, bytes: 0 }
  for (const row of rows) {
    // What an open block sums up stands below it.
    if (row.kind === 'block' && row.open) continue
    scale.ms = Math.max(scale.ms, row.sums.forwardMs, row.sums.backwardMs)
    scale.bytes = Math.max(scale.bytes, row.sums.savedBytes)
  }
  return scale
}

interface TapeRowProps {
  id: string
  record: TapeRecord
  row: Row
  lanes: Lanes | undefined
  scale: Scale
  top: number
  chosen: boolean
  onPick: (event: MouseEvent) => void
}

export const TapeRow = memo(function TapeRow(props: TapeRowProps) {
  const { id, record, row, lanes, scale, top, chosen, onPick } = props
  const opens = row.kind === 'block' || (row.kind === 'layer' && row.opens)
  const open = (row.kind === 'block' || row.kind === 'layer') && row.open
  const words = wordsOf(record, row)
  return (
    <div
      id={id}
      role="treeitem"
      aria-level={row.depth + 1}
      aria-expanded={opens ? open : undefined}
      aria-selected={chosen}
      className={clsx(classes.row, chosen && classes.chosen)}
      style={{ top }}
      onClick={onPick}
      onDoubleClick={() => opens && toggle(row.key)}
    >
      {lanes && <LaneView lanes={lanes} colour={words.colour} small={row.kind === 'node'} />}
      <span className={classes.name} style={{ paddingLeft: 16 * row.depth }}>
        <button
          type="button"
          tabIndex={-1}
          className={clsx(classes.chevron, open && classes.open)}
          style={{ visibility: opens ? 'visible' : 'hidden' }}
          aria-label={open ? `Close ${words.title}` : `Open ${words.title}`}
          onClick={(event) => {
            event.stopPropagation()
            toggle(row.key)
          }}
        >
          <IconChevronRight size={13} />
        </button>
        <span className={row.kind === 'node' ? classes.op : classes.title} title={words.title}>
          {words.title}
        </span>
        {words.note !== '' && <span className={classes.faint}>{words.note}</span>}
      </span>
      <span className={classes.shape} title={words.shape}>
        {words.shape}
      </span>
      <Bar value={row.sums.forwardMs} most={scale.ms} format={milliseconds} colour="var(--td-series-0)" />
      <Bar value={row.sums.backwardMs} most={scale.ms} format={milliseconds} colour="var(--td-series-5)" />
      <Bar value={row.sums.savedBytes} most={scale.bytes} format={bytes} colour="var(--td-series-2)" />
      <span className={clsx(classes.number, words.notFinite && classes.bad)}>
        {words.notFinite ? 'not finite' : words.gradient === null ? '–' : measure(words.gradient, 3)}
      </span>
    </div>
  )
})

interface Words {
  title: string
  note: string
  shape: string
  gradient: number | null
  notFinite: boolean
  colour: string
}

function wordsOf({ layers }: TapeRecord, row: Row): Words {
  const plain = { note: '', shape: '', gradient: null, notFinite: false, colour: unknownColour }
  switch (row.kind) {
    case 'node': {
      const { op, outputs, gradientNorm, notFinite, layer } = row.node
      const shape = outputs.map(shapeText).join(', ')
      const colour = colourOf(layers[layer])
      return { ...plain, title: op, shape, gradient: gradientNorm, notFinite, colour }
    }
    case 'layer': {
      const layer = layers[row.layer] as TapeLayer
      return {
        title: layer.title,
        note: layer.count > 0 ? counted(layer.count, 'op') : 'no gradient',
        shape: layer.outputs.map(shapeText).join(', '),
        gradient: layer.gradientNorm,
        notFinite: layer.notFinite,
        colour: colourOf(layer),
      }
    }
    case 'block': {
      const inside = layers.slice(row.from, row.to + 1)
      const last = layers[row.to]
      return {
        ...plain,
        title: row.title,
        note: counted(inside.length, 'layer'),
        shape: row.open ? '' : (last?.outputs.map(shapeText).join(', ') ?? ''),
        gradient: last?.gradientNorm ?? null,
        notFinite: inside.some(({ notFinite }) => notFinite),
      }
    }
    case 'folded': {
      const { folded } = layers[row.layer] as TapeLayer
      const total = folded.reduce((sum, one) => sum + one.count, 0)
      const ops = folded.map(({ op, count: times }) => `${op} × ${count(times)}`).join(', ')
      return { ...plain, title: `and ${count(total)} more: ${ops}`, colour: colourOf(layers[row.layer]) }
    }
  }
}

function colourOf(layer: TapeLayer | undefined): string {
  return groupColour[layer?.group as LayerGroup] ?? unknownColour
}

interface BarProps {
  value: number
  most: number
  format: (value: number) => string
  colour: string
}

function Bar({ value, most, format, colour }: BarProps) {
  const share = most > 0 ? Math.min(1, value / most) : 0
  return (
    <span className={classes.bar}>
      {share > 0 && <i style={{ width: `max(1px, ${100 * share}%)`, background: colour }} aria-hidden />}
      <b>{value > 0 ? format(value) : '–'}</b>
    </span>
  )
}

const middle = rowHeight / 2
const x = (lane: number): number => 10 + 12 * Math.min(lane, mostLanes - 1)

function LaneView({ lanes, colour, small }: { lanes: Lanes; colour: string; small: boolean }) {
  const { dot, above, below, through, joins, forks } = lanes
  const paths = through.map((lane) => `M${x(lane)} 0V${rowHeight}`)
  if (dot !== null) {
    const at = x(dot)
    if (above) paths.push(`M${at} 0V${middle}`)
    if (below) paths.push(`M${at} ${middle}V${rowHeight}`)
    for (const lane of joins)
      paths.push(`M${x(lane)} 0C${x(lane)} ${middle} ${x(lane)} ${middle} ${at} ${middle}`)
    for (const lane of forks)
      paths.push(`M${at} ${middle}C${x(lane)} ${middle} ${x(lane)} ${middle} ${x(lane)} ${rowHeight}`)
  }
  return (
    <svg className={classes.lanes} height={rowHeight} aria-hidden>
      <path d={paths.join('')} fill="none" stroke="var(--td-line-strong)" strokeWidth={1.5} />
      {dot !== null && <circle cx={x(dot)} cy={middle} r={small ? 3 : 4.5} fill={colour} />}
    </svg>
  )
}
