/** The lines of the parallel coordinates: pointed at they say what they are, clicked they are ticked; by keyboard too. */
import { useMemo, useState, type KeyboardEvent, type PointerEvent } from 'react'
import type { Run } from '../../../main/common/schemas.ts'
import { brush as brushRuns, hover, useRuns } from '../../state/runs.ts'
import { counted } from '../../ui/format.ts'
import type { Axis } from './axis.ts'
import { nearestLine, paintLines, pathOf, type Lines, type Look } from './draw/lines.ts'
import { PlotCanvas } from './draw/PlotCanvas.tsx'
import classes from './Plots.module.css'
import { PointedRun } from './PointedRun.tsx'
import { toggle, usePlotColours, walked } from './pointing.ts'

interface ParallelLinesProps {
  runs: readonly Run[]
  axes: readonly Axis[]
  /** One for each run. */
  lines: Lines
  /** Whose values the lines are coloured by. */
  colours: Axis | null
  width: number
  height: number
}

/** Pixels from the pointer to the line that is meant. */
const near = 6
/** Of more runs than this each line is fainter. */
const many = 2000

export function ParallelLines({ runs, axes, lines, colours, width, height }: ParallelLinesProps) {
  const brushed = useRuns((s) => s.brushed)
  const ticked = useRuns((s) => s.ticked)
  const { ramp, out } = usePlotColours()
  /** Where the pointer, or the keyboard, reads the plot. */
  const [place, setPlace] = useState<{ x: number; y: number } | null>(null)
  const { runIds } = lines
  const isIn = (index: number): boolean => brushed === null || brushed.has(runIds[index] as number)

  const common = { width, height, places: lines }
  // Runs beside the brush: painted once, seen while something is brushed.
  const anyOut = brushed !== null
  const behind = useMemo(
    () => ({
      ...common,
      count: anyOut ? runIds.length : 0,
      paint: (context: CanvasRenderingContext2D) =>
        paintLines(context, lines, anyOut ? runIds.keys() : [], () => ({
          colour: out,
          width: 1,
          opacity: 0.35,
        })),
    }),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- common is made of these
    [lines, width, height, anyOut, out],
  )
  const before = useMemo(() => {
    // Ticked ones lie above the others.
    const order: number[] = []
    const above: number[] = []
    runIds.forEach((id, i) => {
      if (brushed === null || brushed.has(id)) (ticked.has(id) ? above : order).push(i)
    })
    const isTicked = (index: number): boolean => ticked.has(runIds[index] as number)
    const count = order.length + above.length
    for (const index of above) order.push(index)
    const look = (index: number): Look => {
      const colour = ramp(colours?.places[index] ?? NaN)
      return isTicked(index)
        ? { colour, width: 2.4, opacity: 1 }
        : { colour, width: 1, opacity: count > many ? 0.4 : 0.75 }
    }
    return {
      ...common,
      count,
      paint: (context: CanvasRenderingContext2D) => paintLines(context, lines, order, look),
    }
    // eslint-disable-next-line react-hooks/exhaustive-deps -- common is made of these
  }, [lines, width, height, colours, brushed, ticked, ramp])

  const follow = (event: PointerEvent<HTMLDivElement>): void => {
    const box = event.currentTarget.getBoundingClientRect()
    const at = { x: event.clientX - box.left, y: event.clientY - box.top }
    const index = nearestLine(lines, at, near, isIn)
    setPlace(index === null ? null : at)
    hover(index === null ? null : (runIds[index] as number))
  }
  const leave = (): void => {
    setPlace(null)
    hover(null)
  }
  const press = (event: KeyboardEvent): void => {
    const by = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key]
    if (by !== undefined) {
      const last = lines.x.length - 1
      // From the lowest to the highest on the last axis.
      const order = [...runIds.keys()]
        .filter(isIn)
        .sort((a, b) => (lines.y[a * (last + 1) + last] ?? 0) - (lines.y[b * (last + 1) + last] ?? 0))
      const next = walked(
        order.map((i) => runIds[i] as number),
        by,
      )
      if (next === null) return
      const index = runIds.indexOf(next)
      hover(next)
      setPlace({ x: lines.x[last] ?? 0, y: lines.y[index * (last + 1) + last] ?? 0 })
    } else if (event.key === 'Enter' || event.key === ' ') toggle(useRuns.getState().hovered)
    else if (event.key === 'Escape') brushRuns(null)
    else return
    event.preventDefault()
  }

  return (
    <div
      className={classes.lines}
      role="application"
      aria-label={`Lines of ${counted(runs.length, 'run')} across ${axes.map(({ field }) => field.title).join(', ')}. Arrow keys go from run to run, Enter ticks.`}
      tabIndex={0}
      data-near={place !== null || undefined}
      onPointerMove={follow}
      onPointerLeave={leave}
      onBlur={leave}
      onClick={() => place && toggle(useRuns.getState().hovered)}
      onKeyDown={press}
    >
      <PlotCanvas picture={behind} />
      <PlotCanvas picture={before} />
      <HoveredLine lines={lines} runs={runs} colours={colours} />
      {place && (
        <PointedRun
          runs={runs}
          axes={colours ? [...axes, colours] : axes}
          at={place}
          width={width}
          height={height}
        />
      )}
    </div>
  )
}

/** Above all others, wherever the run is pointed at: here or in the table. */
function HoveredLine({ lines, runs, colours }: Pick<ParallelLinesProps, 'lines' | 'runs' | 'colours'>) {
  const index = useRuns(({ hovered }) => (hovered === null ? -1 : lines.runIds.indexOf(hovered)))
  const { ramp } = usePlotColours()
  const run = runs[index]
  if (!run) return null
  return (
    <svg className={classes.hovered} aria-hidden>
      <path d={pathOf(lines, index)} data-under />
      <path d={pathOf(lines, index)} stroke={ramp(colours?.places[index] ?? NaN)} data-run={run.id} />
    </svg>
  )
}
