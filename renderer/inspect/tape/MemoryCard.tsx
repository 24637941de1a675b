/** Memory over the step: what it is for, where its peak is, and who holds that. */
import { SegmentedControl } from '@mantine/core'
import { useElementSize } from '@mantine/hooks'
import { useMemo } from 'react'
import { Area, CartesianGrid, ComposedChart, ReferenceLine, Tooltip, XAxis, YAxis } from 'recharts'
import type { HolderKind, MemoryPoint, TapeNode, TapeRecord } from '../../../main/common/tape/record.ts'
import { axisHeight, axisWidth } from '../../charts/Axes.tsx'
import { linearTicks } from '../../charts/ticks.ts'
import { usePreferences } from '../../state/preferences.ts'
import { Card } from '../../ui/Card.tsx'
import { bytes, milliseconds, tickLabel } from '../../ui/format.ts'
import { select } from './tape.ts'
import classes from './Tape.module.css'
import { holderText, phaseText } from './words.ts'

const areas = [
  { key: 'base', label: 'there before', colour: 'var(--td-faint)' },
  { key: 'batch', label: 'the batch', colour: 'var(--td-series-3)' },
  { key: 'gradients', label: 'gradients', colour: 'var(--td-series-1)' },
  { key: 'saved', label: 'kept for backward', colour: 'var(--td-series-2)' },
  { key: 'passing', label: 'on its way', colour: 'var(--td-series-0)' },
] as const

const colourOf = (kind: HolderKind): string =>
  areas.find(({ key }) => key === kind)?.colour ?? 'var(--td-faint)'

export function MemoryCard({ record, node }: { record: TapeRecord; node: TapeNode | null }) {
  const wanted = usePreferences((s) => s.tapeMemory)
  const whole = wanted === 'auto' ? mostlyOfStep(record) : wanted === 'all'
  const set = usePreferences((s) => s.set)
  const shown = areas.filter(
    ({ key }) => (whole || key !== 'base') && record.memory.points.some((p) => p[key] > 0),
  )
  return (
    <Card
      className={classes.memory}
      title="Memory over the step"
      controls={
        <>
          <span className={classes.legend}>
            {shown.map(({ key, label, colour }) => (
              <span key={key}>
                <i style={{ background: colour }} aria-hidden />
                {label}
              </span>
            ))}
          </span>
          <SegmentedControl
            aria-label="Memory that is drawn"
            value={whole ? 'all' : 'step'}
            data={[
              { value: 'step', label: 'of the step' },
              { value: 'all', label: 'all' },
            ]}
            onChange={(value) => set({ tapeMemory: value === 'all' ? 'all' : 'step' })}
          />
        </>
      }
    >
      <div className={classes.memoryBody}>
        <Curve record={record} shown={shown} whole={whole} turnMs={node?.turnMs ?? null} />
        <Holders record={record} />
      </div>
    </Card>
  )
}

/** Whether what was there before leaves room to see what came. */
function mostlyOfStep({ memory }: TapeRecord): boolean {
  return (memory.points[memory.peak]?.base ?? 0) < 0.75 * memory.peakBytes
}

function peakPlace({ layers, memory }: TapeRecord): string {
  const { phase, layer } = memory.points[memory.peak] as MemoryPoint
  return `${phaseText[phase]}${layer === null ? '' : ` of ${layers[layer]?.title ?? ''}`}`
}

interface CurveProps {
  record: TapeRecord
  shown: readonly (typeof areas)[number][]
  /** The peak is one of all memory. */
  whole: boolean
  turnMs: number | null
}

/** Pixels that the name of a phase takes. */
const labelWidth = 62
const text = { fill: 'var(--td-faint)', fontSize: 11 }

function Curve({ record, shown, whole, turnMs }: CurveProps) {
  const { ref, width, height } = useElementSize()
  const { points, peak, phases, endMs } = record.memory
  const most = useMemo(
    () => Math.max(1, ...points.map((point) => shown.reduce((sum, { key }) => sum + point[key], 0))),
    [points, shown],
  )
  const across = linearTicks([0, endMs], Math.max(2, Math.floor(width / 110)))
  const up = linearTicks([0, most], Math.max(2, Math.floor(height / 44)))
  return (
    <div ref={ref} className={classes.curve} data-testid="memory-curve">
      {width > 60 && height > 60 && (
        <ComposedChart
          width={Math.floor(width)}
          height={Math.floor(height)}
          data={points}
          margin={{ top: 16, right: 10, bottom: 2, left: 0 }}
          title="Memory over the step"
          role="img"
          accessibilityLayer={false}
          onClick={({ activeTooltipIndex }) => chooseAt(points[Number(activeTooltipIndex)])}
        >
          <CartesianGrid vertical={false} stroke="var(--td-grid)" />
          <XAxis
            dataKey="ms"
            type="number"
            domain={[0, endMs]}
            ticks={across.values}
            tickFormatter={(value: number) => `${tickLabel(value, across.step)} ms`}
            height={axisHeight}
            tickLine={false}
            axisLine={{ stroke: 'var(--td-line)' }}
            tick={text}
            interval="preserveStartEnd"
          />
          <YAxis
            type="number"
            domain={[0, most]}
            ticks={up.values}
            tickFormatter={(value: number) => bytes(value)}
            width={axisWidth + 14}
            tickLine={false}
            axisLine={false}
            tick={text}
            interval={0}
          />
          {shown.map(({ key, colour }) => (
            <Area
              key={key}
              dataKey={key}
              type="stepAfter"
              stackId="bytes"
              stroke={colour}
              strokeWidth={1}
              fill={colour}
              fillOpacity={0.45}
              isAnimationActive={false}
              activeDot={false}
            />
          ))}
          {phases.map(({ phase, ms }, i) => {
            const end = phases[i + 1]?.ms ?? endMs
            if (phase === 'batch' || ((end - ms) / endMs) * width < labelWidth) return null
            return (
              <ReferenceLine
                key={phase}
                x={ms}
                stroke="var(--td-line-strong)"
                label={{ value: phaseText[phase], position: 'insideTopLeft', dy: -14, dx: -4, ...text }}
              />
            )
          })}
          {whole && (
            <ReferenceLine
              x={points[peak]?.ms ?? 0}
              stroke="var(--td-warn)"
              strokeDasharray="3 3"
              label={{ value: 'peak', position: 'insideBottomLeft', fill: 'var(--td-warn)', fontSize: 11 }}
            />
          )}
          {turnMs !== null && <ReferenceLine x={turnMs} stroke="var(--td-accent)" strokeWidth={1.5} />}
          <Tooltip
            isAnimationActive={false}
            cursor={{ stroke: 'var(--td-faint)' }}
            content={({ active, payload }) => {
              const point = payload[0]?.payload as MemoryPoint | undefined
              return active && point ? <Tip record={record} point={point} /> : null
            }}
          />
        </ComposedChart>
      )}
    </div>
  )
}

/** The layer that was at work there. */
function chooseAt(point: MemoryPoint | undefined): void {
  if (typeof point?.layer === 'number') select({ from: point.layer, to: point.layer })
}

function Tip({ record, point }: { record: TapeRecord; point: MemoryPoint }) {
  const { ms, phase, layer, base, batch, saved, gradients, passing } = point
  const title = layer === null ? '' : ` of ${record.layers[layer]?.title ?? ''}`
  return (
    <div className={classes.tip}>
      <small>
        {milliseconds(ms)}, {phaseText[phase]}
        {title}
      </small>
      {bytes(base + batch + saved + gradients + passing)}, {bytes(saved)} kept for backward
    </div>
  )
}

function Holders({ record }: { record: TapeRecord }) {
  const { holders, peakBytes } = record.memory
  const most = holders[0]?.bytes ?? 1
  return (
    <div className={classes.peak}>
      <h3 className={classes.peakHead}>
        {bytes(peakBytes)}
        {record.gpu === null ? '' : ` on ${record.gpu}`} at the peak, in the {peakPlace(record)}
      </h3>
      <ul className={classes.holders} aria-label="What holds the peak">
        {holders.map(({ kind, layer, bytes: size }) => (
          <li key={`${kind} ${layer}`} title={`${((100 * size) / peakBytes).toFixed(1)} % of the peak`}>
            <span>
              {layer === null || kind === 'gradients' ? (
                holderText(record, kind, layer)
              ) : (
                <button
                  type="button"
                  className={classes.link}
                  onClick={() => select({ from: layer, to: layer })}
                >
                  {holderText(record, kind, layer)}
                </button>
              )}
            </span>
            <b>{bytes(size)}</b>
            <i style={{ width: `${(100 * size) / most}%`, background: colourOf(kind) }} aria-hidden />
          </li>
        ))}
      </ul>
    </div>
  )
}
