/** Parallel coordinates: a line for each run through its settings and figures. Brushing an axis filters the table. */
import { Button } from '@mantine/core'
import { useElementSize } from '@mantine/hooks'
import { useMemo } from 'react'
import type { Run } from '../../../main/common/schemas.ts'
import { brush as brushRuns, useRuns } from '../../state/runs.ts'
import { Card } from '../../ui/Card.tsx'
import { counted } from '../../ui/format.ts'
import { runsWithin, type Brush } from './axis.ts'
import { linesOf, nowhere } from './draw/lines.ts'
import { FieldSelect } from './FieldSelect.tsx'
import { ParallelAxis } from './ParallelAxis.tsx'
import { ParallelLines } from './ParallelLines.tsx'
import { plotFieldsOf } from './plotFields.ts'
import classes from './Plots.module.css'
import { usePlots } from './state.ts'

/** Above and below the axes: their names, and the place of runs that have no value. */
const margin = { top: 44, bottom: 30, side: 74 }

export function ParallelCard({ runs }: { runs: readonly Run[] }) {
  const { has, axis, offered, usual, judged } = plotFieldsOf(runs)
  const { axes: chosen, colour, brushes, set } = usePlots()
  const brushed = useRuns((s) => s.brushed)
  const { ref, width, height } = useElementSize()
  const names = (chosen ?? usual).filter(has)
  const key = names.join('\n')
  const axes = useMemo(() => key.split('\n').flatMap((name) => axis(name) ?? []), [key, axis])
  const colourName = colour !== null && has(colour) ? colour : judged
  const colours = axis(colourName)
  // The table may have let go of what was brushed.
  const own = brushed === null ? {} : brushes

  const incomplete = useMemo(() => axes.some(({ places }) => places.some(Number.isNaN)), [axes])

  const span = Math.max(1, width - 2 * margin.side)
  const x = (i: number): number => margin.side + (axes.length > 1 ? (i * span) / (axes.length - 1) : span / 2)
  const length = Math.max(1, height - margin.top - margin.bottom)
  const lines = useMemo(
    () => linesOf(runs, axes, { x: axes.map((_, i) => x(i)), top: margin.top, length }),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- x follows from these
    [runs, axes, span, length],
  )

  const brushAxis = (name: string, brush: Brush | null): void => {
    const { [name]: _, ...others } = own
    const after = brush ? { ...others, [name]: brush } : others
    set({ brushes: after })
    brushRuns(
      runsWithin(
        runs,
        axes.flatMap((axis) => {
          const one = after[axis.field.name]
          return one ? [{ axis, brush: one }] : []
        }),
      ),
    )
  }
  const move = (from: number, to: number): void => {
    if (to < 0 || to >= names.length || from === to) return
    const after = [...names]
    after.splice(to, 0, ...after.splice(from, 1))
    set({ axes: after })
  }
  const remove = (name: string): void => {
    brushAxis(name, null)
    set({ axes: names.filter((one) => one !== name) })
  }

  return (
    <Card
      title="Parallel coordinates"
      note={`${counted(runs.length, 'run')}${brushed ? ` · ${brushed.size} brushed` : ''}`}
      controls={
        <>
          {brushed && (
            <Button variant="default" onClick={() => brushRuns(null)}>
              Clear
            </Button>
          )}
          <FieldSelect
            key={key}
            label="Add an axis"
            placeholder="Add an axis"
            value={null}
            offered={offered}
            onChange={(name) => !names.includes(name) && set({ axes: [...names, name] })}
          />
          <FieldSelect
            label="Colour"
            prefix="colour"
            value={colourName}
            offered={offered}
            onChange={(name) => set({ colour: name })}
          />
        </>
      }
    >
      <div ref={ref} className={classes.frame}>
        {axes.length > 0 && (
          <ParallelLines
            runs={runs}
            axes={axes}
            lines={lines}
            colours={colours}
            width={width}
            height={height}
          />
        )}
        <svg
          className={classes.over}
          width={width}
          height={height}
          role="group"
          aria-label="Parallel coordinates of runs"
        >
          {incomplete && (
            <text
              className={classes.noValue}
              x={margin.side - 8}
              y={margin.top + length + nowhere}
              textAnchor="end"
              dominantBaseline="central"
            >
              no value
            </text>
          )}
          {axes.map((axis, i) => (
            <ParallelAxis
              key={axis.field.name}
              axis={axis}
              x={x(i)}
              top={margin.top}
              length={length}
              pitch={axes.length > 1 ? span / (axes.length - 1) : span}
              brush={own[axis.field.name] ?? null}
              onBrush={(brush) => brushAxis(axis.field.name, brush)}
              onMove={(by) => move(i, i + by)}
              onRemove={() => remove(axis.field.name)}
            />
          ))}
        </svg>
        {axes.length === 0 && <p className={classes.empty}>Add an axis to see the runs along it.</p>}
      </div>
    </Card>
  )
}
