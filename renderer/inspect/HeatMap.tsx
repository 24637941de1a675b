/** A row for each layer, a column for each probe, coloured by a figure; events are marked, a click chooses a layer. */
import { useElementSize } from '@mantine/hooks'
import { useMemo, useState, type PointerEvent } from 'react'
import type { Figure, HealthHistory } from '../../main/common/health/figures.ts'
import type { RunEvent } from '../../main/common/schemas.ts'
import { useCursor } from '../charts/sharedCursor.ts'
import { marksOf } from '../train/marks.ts'
import { count, duration } from '../ui/format.ts'
import tip from '../ui/Tip.module.css'
import { chooseLayer } from './inspect.ts'
import classes from './Inspect.module.css'
import { columnsOf, heatPaths, scaleOf, type HeatScale } from './scale.ts'

const labelWidth = 116
const gap = 2
const axis = 20

interface HeatMapProps {
  health: HealthHistory
  figure: Figure
  events: readonly RunEvent[]
  selected: string | null
}

export function HeatMap({ health, figure, events, selected }: HeatMapProps) {
  const { ref, width, height } = useElementSize()
  const scale = scaleOf(figure)
  const { layers, steps } = health
  const shown = useMemo(
    () =>
      layers.flatMap((layer, index) => {
        const row = health.rows[figure]?.[index] ?? []
        // A figure that a layer does not have is no row: the dead units of a Linear.
        return row.some((value) => value !== null) ? [{ layer, row }] : []
      }),
    [health, layers, figure],
  )
  const plotWidth = Math.max(1, Math.floor(width) - labelWidth - 8)
  const rowHeight = Math.max(11, Math.min(26, Math.floor((height - axis) / Math.max(1, shown.length))))
  const { columns, toX, paths } = useMemo(() => {
    const first = steps[0] ?? 0
    const last = steps.at(-1) ?? first
    const step = Math.max(1, last - (steps.at(-2) ?? last - 1))
    const toX = (at: number): number => ((at - first) / (last + step - first)) * plotWidth
    const columns = columnsOf(steps, toX)
    const rows = shown.map(({ row }) => row)
    return { columns, toX, paths: heatPaths(scale, rows, columns, rowHeight, gap) }
  }, [steps, shown, scale, plotWidth, rowHeight])

  if (shown.length === 0)
    return (
      <div className={classes.heat} ref={ref}>
        <p className={classes.faint}>No layer of this network has {scale.title}.</p>
      </div>
    )
  const mapHeight = shown.length * rowHeight
  return (
    <div className={classes.heat} ref={ref}>
      <div className={classes.heatScroll}>
        <div style={{ width: labelWidth, flex: 'none' }}>
          {shown.map(({ layer }) => (
            <button
              key={layer.nodeId}
              type="button"
              className={classes.rowLabel}
              style={{ height: rowHeight }}
              aria-pressed={layer.nodeId === selected}
              title={layer.title}
              onClick={() => chooseLayer(layer.nodeId)}
            >
              {layer.title}
            </button>
          ))}
        </div>
        {width > 0 && (
          <div className={classes.cells} style={{ width: plotWidth, height: mapHeight + axis }}>
            <svg
              width={plotWidth}
              height={mapHeight}
              role="img"
              aria-label={`${scale.title} of each layer over time`}
            >
              {paths.map(
                (path, i) => path !== '' && <path key={i} d={path} fill={scale.classes[i]?.colour} />,
              )}
            </svg>
            {shown.map(
              ({ layer }, i) =>
                layer.nodeId === selected && (
                  <div
                    key={layer.nodeId}
                    className={classes.selectedRow}
                    style={{ top: i * rowHeight - 1, height: rowHeight }}
                  />
                ),
            )}
            <Marks events={events} toX={toX} width={plotWidth} height={mapHeight} steps={steps} />
            <Reader
              scale={scale}
              health={health}
              rows={shown}
              columns={columns}
              rowHeight={rowHeight}
              height={mapHeight}
              width={plotWidth}
            />
            <span className={classes.axisEnd} style={{ left: 0 }}>
              step {count(steps[0] ?? 0)}
            </span>
            <span className={classes.axisEnd} style={{ right: 0 }}>
              {count(steps.at(-1) ?? 0)}
            </span>
          </div>
        )}
      </div>
    </div>
  )
}

interface MarksProps {
  events: readonly RunEvent[]
  toX: (step: number) => number
  width: number
  height: number
  steps: readonly number[]
}

function Marks({ events, toX, width, height, steps }: MarksProps) {
  const first = steps[0] ?? 0
  const last = steps.at(-1) ?? 0
  return marksOf(events)
    .filter(({ quiet, step }) => !quiet && step >= first && step <= last)
    .map(({ step, label }) => {
      const x = toX(step)
      const late = x > width * 0.7
      return (
        <div key={step} className={classes.mark} style={{ left: x, height: height + 4 }}>
          <span style={late ? { right: 3 } : { left: 3 }}>{label}</span>
        </div>
      )
    })
}

interface ReaderProps {
  scale: HeatScale
  health: HealthHistory
  rows: readonly { layer: HealthHistory['layers'][number]; row: readonly (number | null)[] }[]
  columns: readonly { x: number; width: number }[]
  rowHeight: number
  height: number
  width: number
}

/** Tells the value under the pointer, and shows where the cursor of the other charts stands. */
function Reader({ scale, health, rows, columns, rowHeight, height, width }: ReaderProps) {
  const [at, setAt] = useState<{ row: number; column: number } | null>(null)
  const shared = useCursor((s) => s.step)
  const { steps } = health
  const find = (event: PointerEvent<HTMLDivElement>): { row: number; column: number } | null => {
    const box = event.currentTarget.getBoundingClientRect()
    const x = event.clientX - box.left
    const column = columns.findLastIndex((cell) => cell.x <= x)
    const row = Math.floor((event.clientY - box.top) / rowHeight)
    return column >= 0 && row >= 0 && row < rows.length ? { row, column } : null
  }
  const hit = at && rows[at.row]
  const cell = at && columns[at.column]
  const value = at && hit ? hit.row[at.column] : null
  const sharedColumn = shared === null ? -1 : steps.findLastIndex((step) => step <= shared)
  const hair = cell ?? columns[sharedColumn]
  return (
    <div
      className={classes.reader}
      style={{ height }}
      onPointerMove={(event) => {
        const found = find(event)
        setAt(found)
        useCursor.setState({ step: found ? (steps[found.column] ?? null) : null })
      }}
      onPointerLeave={() => {
        setAt(null)
        useCursor.setState({ step: null })
      }}
      onClick={() => hit && chooseLayer(hit.layer.nodeId)}
    >
      {hair && <div className={classes.hair} style={{ left: hair.x + hair.width / 2 }} />}
      {at && hit && cell && (
        <div
          className={tip.tip}
          style={{
            top: Math.min(height - 46, (at.row + 1) * rowHeight + 2),
            ...(cell.x > width * 0.6 ? { right: width - cell.x + 8 } : { left: cell.x + 12 }),
          }}
        >
          <div className={tip.head}>
            step {count(steps[at.column] ?? 0)} · {duration(health.seconds[at.column] ?? 0)}
          </div>
          {hit.layer.title} <b>{typeof value === 'number' ? scale.format(value) : '–'}</b>
        </div>
      )}
    </div>
  )
}

export function HeatLegend({ scale }: { scale: HeatScale }) {
  return (
    <div className={classes.legend} aria-label={`Colours: ${scale.title}`}>
      <span>{scale.title}</span>
      <span className={classes.legendScale}>
        {scale.classes.map(({ colour, label }, i) => (
          <span key={i} className={classes.legendCell}>
            <span style={{ background: colour }} />
            <small>{label}</small>
          </span>
        ))}
      </span>
    </div>
  )
}
