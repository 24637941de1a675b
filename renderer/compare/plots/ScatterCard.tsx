/** Runs as points over any two fields, coloured by a third. A drag brushes, a click ticks. */
import { Button, Checkbox } from '@mantine/core'
import { useElementSize } from '@mantine/hooks'
import { useMemo, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react'
import type { Run } from '../../../main/common/schemas.ts'
import { brush as brushRuns, hover, useRuns } from '../../state/runs.ts'
import { Card } from '../../ui/Card.tsx'
import { counted } from '../../ui/format.ts'
import { runsWithin } from './axis.ts'
import { nearestPoint, paintPoints, radius, type Look, type Point } from './draw/points.ts'
import { PlotCanvas } from './draw/PlotCanvas.tsx'
import { FieldSelect } from './FieldSelect.tsx'
import classes from './Plots.module.css'
import { plotFieldsOf } from './plotFields.ts'
import { PointedRun } from './PointedRun.tsx'
import { toggle, usePlotColours, walked } from './pointing.ts'
import { usePlots } from './state.ts'

const margin = { top: 28, right: 18, bottom: 40, left: 74 }
/** Shorter drags, in pixels, are clicks. */
const shortest = 5
/** Pixels from the pointer to the point that is meant. */
const near = 9

interface Box {
  x: [number, number]
  y: [number, number]
}

export function ScatterCard({ runs }: { runs: readonly Run[] }) {
  const { has, axis, offered, usual, judged } = plotFieldsOf(runs)
  const setup = usePlots()
  const { set } = setup
  const brushed = useRuns((s) => s.brushed)
  const ticked = useRuns((s) => s.ticked)
  const hovered = useRuns((s) => s.hovered)
  const palette = usePlotColours()
  const { ref, width, height } = useElementSize()
  const known = (name: string | null, otherwise: string): string =>
    name !== null && has(name) ? name : otherwise
  const names = {
    x: known(setup.x, usual[0] ?? 'run'),
    y: known(setup.y, judged),
    colour: known(setup.colour, judged),
  }
  const { logX, logY } = setup
  const axes = useMemo(() => {
    const made = (name: string, log: boolean | null) => axis(name, log) ?? axis('run')!
    return { x: made(names.x, logX), y: made(names.y, logY), colour: made(names.colour, null) }
  }, [axis, names.x, names.y, names.colour, logX, logY])

  const inner = {
    width: Math.max(1, width - margin.left - margin.right),
    height: Math.max(1, height - margin.top - margin.bottom),
  }
  const left = (at: number): number => margin.left + at * inner.width
  const top = (at: number): number => margin.top + (1 - at) * inner.height
  const points = useMemo(
    () =>
      runs.flatMap((run, i): (Point & { colour: number })[] => {
        const [x, y] = [axes.x.places[i] ?? NaN, axes.y.places[i] ?? NaN]
        if (Number.isNaN(x + y)) return []
        return [{ runId: run.id, x: left(x), y: top(y), colour: axes.colour.places[i] ?? NaN }]
      }),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- left and top follow from these
    [runs, axes, inner.width, inner.height],
  )
  const isIn = ({ runId }: Point): boolean => brushed === null || brushed.has(runId)
  const picture = useMemo(() => {
    // What is ticked lies above the rest, what is beside the brush below.
    const rank = (point: Point): number => Number(isIn(point)) + Number(ticked.has(point.runId))
    const look = (point: (typeof points)[number]): Look => ({
      fill: isIn(point) ? palette.ramp(point.colour) : palette.out,
      edge: ticked.has(point.runId) ? palette.text : palette.panel,
      width: ticked.has(point.runId) ? 2 : 1,
      opacity: isIn(point) ? 1 : 0.5,
    })
    const order = points.toSorted((a, b) => rank(a) - rank(b))
    return {
      width,
      height,
      places: points,
      count: points.length,
      paint: (context: CanvasRenderingContext2D) => paintPoints(context, order, look),
    }
    // eslint-disable-next-line react-hooks/exhaustive-deps -- isIn follows from brushed
  }, [points, width, height, brushed, ticked, palette])
  const pointed = hovered === null ? undefined : points.find(({ runId }) => runId === hovered)

  const begun = useRef<{ x: number; y: number } | null>(null)
  const [box, setBox] = useState<Box | null>(null)
  /** Pointed at here, not in the table. */
  const [own, setOwn] = useState(false)
  const placeOf = (event: PointerEvent<SVGElement>): { x: number; y: number } => {
    const frame = event.currentTarget.getBoundingClientRect()
    return {
      x: (event.clientX - frame.left - margin.left) / inner.width,
      y: 1 - (event.clientY - frame.top - margin.top) / inner.height,
    }
  }
  const far = (a: { x: number; y: number }, b: { x: number; y: number }): boolean =>
    Math.hypot((a.x - b.x) * inner.width, (a.y - b.y) * inner.height) >= shortest
  const meant = (event: PointerEvent<SVGElement>): number | null => {
    const frame = event.currentTarget.getBoundingClientRect()
    const at = { x: event.clientX - frame.left, y: event.clientY - frame.top }
    const index = nearestPoint(points, at, near, isIn)
    return index === null ? null : (points[index]?.runId ?? null)
  }
  const point = (event: PointerEvent<SVGElement>): void => {
    const runId = meant(event)
    setOwn(runId !== null)
    hover(runId)
  }
  const leave = (): void => {
    setOwn(false)
    hover(null)
  }
  const drag = (event: PointerEvent<SVGElement>): void => {
    const start = begun.current
    if (!start) return point(event)
    const now = placeOf(event)
    if (!far(start, now)) return
    const next: Box = { x: sorted(start.x, now.x), y: sorted(start.y, now.y) }
    setBox(next)
    // Brushes of the other plot would say something else.
    set({ brushes: {} })
    brushRuns(
      runsWithin(runs, [
        { axis: axes.x, brush: { from: next.x[0], to: next.x[1] } },
        { axis: axes.y, brush: { from: next.y[0], to: next.y[1] } },
      ]),
    )
  }
  const drop = (event: PointerEvent<SVGElement>): void => {
    const start = begun.current
    begun.current = null
    if (!start || far(start, placeOf(event))) return
    setBox(null)
    const runId = meant(event)
    if (runId === null) brushRuns(null)
    else toggle(runId)
  }
  const press = (event: KeyboardEvent): void => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (by !== undefined) {
      const order = points.filter(isIn).sort((a, b) => a.x - b.x || b.y - a.y)
      setOwn(true)
      hover(
        walked(
          order.map(({ runId }) => runId),
          by,
        ),
      )
    } else if (event.key === 'Enter' || event.key === ' ') toggle(useRuns.getState().hovered)
    else if (event.key === 'Escape') brushRuns(null)
    else return
    event.preventDefault()
  }
  const shown = brushed === null ? null : box

  return (
    <Card
      title="Scatter"
      note={`${points.length === runs.length ? '' : `${points.length} of `}${counted(runs.length, 'run')}${brushed ? ` · ${brushed.size} brushed` : ''}`}
      controls={
        <>
          {brushed && (
            <Button variant="default" onClick={() => brushRuns(null)}>
              Clear
            </Button>
          )}
          <FieldSelect
            label="Horizontal"
            prefix="x"
            value={names.x}
            offered={offered}
            onChange={(x) => set({ x, logX: null })}
          />
          <Checkbox
            label="log x"
            checked={axes.x.kind === 'log'}
            onChange={(event) => set({ logX: event.currentTarget.checked })}
          />
          <FieldSelect
            label="Vertical"
            prefix="y"
            value={names.y}
            offered={offered}
            onChange={(y) => set({ y, logY: null })}
          />
          <Checkbox
            label="log y"
            checked={axes.y.kind === 'log'}
            onChange={(event) => set({ logY: event.currentTarget.checked })}
          />
          <FieldSelect
            label="Colour"
            prefix="colour"
            value={names.colour}
            offered={offered}
            onChange={(colour) => set({ colour })}
          />
        </>
      }
    >
      <div ref={ref} className={classes.frame}>
        <svg
          width={width}
          height={height}
          className={classes.scatter}
          tabIndex={0}
          role="application"
          aria-label={`Scatter of ${counted(points.length, 'run')}: ${axes.y.field.title} over ${axes.x.field.title}. Arrow keys go from run to run, Enter ticks.`}
          onPointerDown={(event) => {
            begun.current = placeOf(event)
            event.currentTarget.setPointerCapture(event.pointerId)
          }}
          onPointerMove={drag}
          onPointerUp={drop}
          onPointerLeave={leave}
          onBlur={leave}
          onKeyDown={press}
          data-near={(own && pointed !== undefined) || undefined}
        >
          <g className={classes.axis}>
            {axes.x.ticks.map((one) => (
              <g key={one.at}>
                <line
                  className={classes.gridLine}
                  x1={left(one.at)}
                  x2={left(one.at)}
                  y1={top(1)}
                  y2={top(0)}
                />
                <text x={left(one.at)} y={top(0) + 16} textAnchor="middle">
                  {one.text}
                </text>
              </g>
            ))}
            {axes.y.ticks.map((one) => (
              <g key={one.at}>
                <line
                  className={classes.gridLine}
                  x1={left(0)}
                  x2={left(1)}
                  y1={top(one.at)}
                  y2={top(one.at)}
                />
                <text x={left(0) - 8} y={top(one.at)} textAnchor="end" dominantBaseline="central">
                  {one.text}
                </text>
              </g>
            ))}
            <text className={classes.axisName} x={left(1)} y={height - 6} textAnchor="end">
              {axes.x.field.title}
            </text>
            <text className={classes.axisName} x={6} y={12}>
              {axes.y.field.title}
            </text>
          </g>
          {shown && (
            <rect
              className={classes.brush}
              x={left(shown.x[0])}
              width={(shown.x[1] - shown.x[0]) * inner.width}
              y={top(shown.y[1])}
              height={(shown.y[1] - shown.y[0]) * inner.height}
            />
          )}
        </svg>
        <PlotCanvas picture={picture} />
        {pointed && (
          <svg className={classes.hovered} aria-hidden>
            <circle
              className={classes.pointed}
              data-run={pointed.runId}
              cx={pointed.x}
              cy={pointed.y}
              r={radius + 2.5}
              fill={palette.ramp(pointed.colour)}
            />
          </svg>
        )}
        {own && pointed && (
          <PointedRun
            runs={runs}
            axes={[axes.x, axes.y, axes.colour]}
            at={pointed}
            width={width}
            height={height}
          />
        )}
        {points.length === 0 && <p className={classes.empty}>No run has both figures.</p>}
      </div>
    </Card>
  )
}

const sorted = (a: number, b: number): [number, number] => (a < b ? [a, b] : [b, a])
