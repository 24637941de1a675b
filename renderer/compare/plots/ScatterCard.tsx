/** Runs as points over any two fields, coloured by a third. A drag brushes, a click ticks. */
import { Button, Checkbox } from '@mantine/core'
import { useElementSize } from '@mantine/hooks'
import { memo, useMemo, useRef, useState, type PointerEvent } from 'react'
import type { Run } from '../../../main/common/schemas.ts'
import { brush as brushRuns, hover, tick, useRunMarks, useRuns } from '../../state/runs.ts'
import { Card } from '../../ui/Card.tsx'
import { counted } from '../../ui/format.ts'
import { axisOf, runsWithin, type Axis } from './axis.ts'
import { colourAt } from './colour.ts'
import { FieldSelect } from './FieldSelect.tsx'
import classes from './Plots.module.css'
import { usePlots } from './state.ts'
import { usePlotFields } from './usePlotFields.ts'

const margin = { top: 14, right: 18, bottom: 40, left: 74 }
/** Shorter drags, in pixels, are clicks. */
const shortest = 5

interface Box {
  x: [number, number]
  y: [number, number]
}

export function ScatterCard({ runs }: { runs: readonly Run[] }) {
  const { find, offered, usual, judged } = usePlotFields(runs)
  const setup = usePlots()
  const { set } = setup
  const brushed = useRuns((s) => s.brushed)
  const { ref, width, height } = useElementSize()
  const known = (name: string | null, otherwise: string): string =>
    name !== null && find(name) ? name : otherwise
  const names = {
    x: known(setup.x, usual[0] ?? 'run'),
    y: known(setup.y, judged),
    colour: known(setup.colour, judged),
  }
  const { logX, logY } = setup
  const axes = useMemo(() => {
    const field = (name: string) => find(name) ?? find('run')!
    return {
      x: axisOf(field(names.x), runs, logX),
      y: axisOf(field(names.y), runs, logY),
      colour: axisOf(field(names.colour), runs),
    }
  }, [find, runs, names.x, names.y, names.colour, logX, logY])

  const inner = {
    width: Math.max(1, width - margin.left - margin.right),
    height: Math.max(1, height - margin.top - margin.bottom),
  }
  const left = (at: number): number => margin.left + at * inner.width
  const top = (at: number): number => margin.top + (1 - at) * inner.height
  const points = useMemo(
    () =>
      runs.flatMap((run) => {
        const [x, y] = [axes.x.place(run), axes.y.place(run)]
        return x === null || y === null ? [] : [{ run, x, y, colour: axes.colour.place(run) }]
      }),
    [runs, axes],
  )

  const begun = useRef<{ x: number; y: number } | null>(null)
  const [box, setBox] = useState<Box | null>(null)
  const placeOf = (event: PointerEvent<SVGElement>): { x: number; y: number } => {
    const frame = event.currentTarget.getBoundingClientRect()
    return {
      x: (event.clientX - frame.left - margin.left) / inner.width,
      y: 1 - (event.clientY - frame.top - margin.top) / inner.height,
    }
  }
  const far = (a: { x: number; y: number }, b: { x: number; y: number }): boolean =>
    Math.hypot((a.x - b.x) * inner.width, (a.y - b.y) * inner.height) >= shortest
  const drag = (event: PointerEvent<SVGElement>): void => {
    const start = begun.current
    if (!start) return
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
    const target = event.target instanceof Element ? event.target.getAttribute('data-run') : null
    if (target === null) brushRuns(null)
    else toggle(Number(target))
  }
  const walk = (by: number): void => {
    const order = points.toSorted((a, b) => a.x - b.x || a.y - b.y)
    const { hovered } = useRuns.getState()
    const at = order.findIndex(({ run }) => run.id === hovered)
    const next = order[at < 0 ? 0 : Math.min(order.length - 1, Math.max(0, at + by))]
    if (next) hover(next.run.id)
  }
  const shown = brushed === null ? null : box
  const circles = useMemo(
    () =>
      points.map(({ run, x, y, colour }) => (
        <RunPoint key={run.id} id={run.id} x={left(x)} y={top(y)} colour={colourAt(colour)} />
      )),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- left and top follow from these
    [points, inner.width, inner.height],
  )

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
          onKeyDown={(event) => {
            if (event.key === 'ArrowRight') walk(1)
            else if (event.key === 'ArrowLeft') walk(-1)
            else if (event.key === 'Enter') toggle(useRuns.getState().hovered)
            else if (event.key === 'Escape') brushRuns(null)
            else return
            event.preventDefault()
          }}
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
            <text className={classes.axisName} x={6} y={margin.top + 2}>
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
          {circles}
        </svg>
        <Pointed points={points} axes={axes} left={left} top={top} width={width} />
        {points.length === 0 && <p className={classes.empty}>No run has both figures.</p>}
      </div>
    </Card>
  )
}

interface Point {
  run: Run
  x: number
  y: number
  colour: number | null
}

function toggle(runId: number | null): void {
  if (runId !== null) tick(runId, !useRuns.getState().ticked.has(runId))
}

/** Drawn again only where something of this run changed: there may be thousands. */
const RunPoint = memo(function RunPoint(props: { id: number; x: number; y: number; colour: string }) {
  const { id, x, y, colour } = props
  const { out, ticked, hovered } = useRunMarks(id)
  return (
    <circle
      cx={x}
      cy={y}
      r={hovered ? 7 : 4.5}
      fill={colour}
      className={classes.point}
      data-run={id}
      data-ticked={ticked || undefined}
      data-out={out || undefined}
      onPointerEnter={() => hover(id)}
      onPointerLeave={() => hover(null)}
    />
  )
})

interface PointedProps {
  points: readonly Point[]
  axes: Record<'x' | 'y' | 'colour', Axis>
  left: (at: number) => number
  top: (at: number) => number
  width: number
}

/** The run under the pointer, in words. */
function Pointed({ points, axes, left, top, width }: PointedProps) {
  const hovered = useRuns((s) => s.hovered)
  const pointed = points.find(({ run }) => run.id === hovered)
  if (!pointed) return null
  return (
    <div
      className={classes.tip}
      role="status"
      style={{
        top: Math.max(4, top(pointed.y) - 78),
        ...(pointed.x > 0.6 ? { right: width - left(pointed.x) + 12 } : { left: left(pointed.x) + 12 }),
      }}
    >
      <b>
        {pointed.run.id} {pointed.run.name}
      </b>
      {Object.values(axes)
        .filter((axis, i, all) => all.findIndex((one) => one.field.name === axis.field.name) === i)
        .map((axis) => (
          <div key={axis.field.name}>
            {axis.field.title} {axis.text(pointed.run)}
          </div>
        ))}
    </div>
  )
}

const sorted = (a: number, b: number): [number, number] => (a < b ? [a, b] : [b, a])
