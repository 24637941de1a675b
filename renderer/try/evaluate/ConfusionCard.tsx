/** What was taken for what. Drawn on a canvas, so that hundreds of classes are one picture; a cell opens its samples. */
import { SegmentedControl } from '@mantine/core'
import { useComputedColorScheme } from '@mantine/core'
import { useElementSize } from '@mantine/hooks'
import { useEffect, useMemo, useRef, useState, type MouseEvent } from 'react'
import type { Evaluation } from '../../../main/common/evaluation/evaluation.ts'
import { Card } from '../../ui/Card.tsx'
import { count, counted, percent } from '../../ui/format.ts'
import { mostConfused, orderOf, rowShares, type MatrixOrder } from './confusion.ts'
import { chooseCell, useEvaluation, type Cell } from './evaluation.ts'
import classes from './Evaluate.module.css'

export type ClassFigures = Evaluation['figures'] & { task: 'classify' }

/** Up to so many classes are named along the sides, and their numbers written. */
const mostNamed = 26
const nameWidth = 84

export function ConfusionCard({ figures }: { figures: ClassFigures }) {
  const [order, setOrder] = useState<MatrixOrder>('classes')
  const [unit, setUnit] = useState<'count' | 'share'>('count')
  const k = figures.classes.length
  const pairs = useMemo(() => mostConfused(figures.confusion, k, 12), [figures, k])
  const cell = useEvaluation((s) => s.cell)
  return (
    <Card
      className={classes.confusion}
      title="Confusion"
      note="rows are the truth, columns the answer"
      controls={
        <>
          <SegmentedControl
            aria-label="Order of classes"
            value={order}
            data={[
              { value: 'classes', label: 'By class' },
              { value: 'errors', label: 'Worst first' },
            ]}
            onChange={(value) => setOrder(value === 'errors' ? 'errors' : 'classes')}
          />
          <SegmentedControl
            aria-label="Numbers"
            value={unit}
            data={[
              { value: 'count', label: 'Counts' },
              { value: 'share', label: 'Shares' },
            ]}
            onChange={(value) => setUnit(value === 'share' ? 'share' : 'count')}
          />
        </>
      }
    >
      <div className={classes.confusionBody}>
        <Matrix figures={figures} order={order} unit={unit} cell={cell} />
        <div className={classes.pairs}>
          {pairs.length === 0 && (
            <span className={classes.hint}>Nothing was mistaken for anything else.</span>
          )}
          {pairs.map(({ target, predicted, count: times }) => (
            <button
              key={`${target} ${predicted}`}
              type="button"
              className={classes.pair}
              aria-pressed={cell?.target === target && cell.predicted === predicted}
              onClick={() => chooseCell({ target, predicted })}
            >
              <bdi>{figures.classes[target]?.name}</bdi> taken for{' '}
              <bdi>{figures.classes[predicted]?.name}</bdi> <b>{count(times)}</b>
            </button>
          ))}
        </div>
      </div>
    </Card>
  )
}

interface MatrixProps {
  figures: ClassFigures
  order: MatrixOrder
  unit: 'count' | 'share'
  cell: Cell | null
}

function Matrix({ figures, order, unit, cell }: MatrixProps) {
  const { ref, width, height } = useElementSize()
  const canvas = useRef<HTMLCanvasElement>(null)
  const scheme = useComputedColorScheme()
  const [at, setAt] = useState<Cell | null>(null)
  const { confusion, classes: named } = figures
  const k = named.length
  const rows = useMemo(() => orderOf(confusion, k, order), [confusion, k, order])
  const shares = useMemo(() => rowShares(confusion, k), [confusion, k])
  const margin = k <= mostNamed ? nameWidth : 0
  const side = Math.max(0, Math.min(width - margin, height - (margin > 0 ? 22 : 0)))
  const step = side / k

  useEffect(() => {
    const context = canvas.current?.getContext('2d')
    if (!canvas.current || !context || side <= 0) return
    const ratio = window.devicePixelRatio
    canvas.current.width = Math.round((side + margin) * ratio)
    canvas.current.height = Math.round((side + (margin > 0 ? 22 : 0)) * ratio)
    context.scale(ratio, ratio)
    const style = getComputedStyle(canvas.current)
    const colour = (name: string): string => style.getPropertyValue(name)
    context.font = `11px ${style.fontFamily}`
    context.textBaseline = 'middle'
    rows.forEach((target, y) =>
      rows.forEach((predicted, x) => {
        const share = shares[target * k + predicted] ?? 0
        const right = target === predicted
        context.globalAlpha = share === 0 ? 0.35 : 1
        context.fillStyle = colour('--td-raised')
        const gap = step > 6 ? 1 : 0
        context.fillRect(margin + x * step, y * step, step - gap, step - gap)
        if (share > 0) {
          context.globalAlpha = 0.15 + 0.85 * Math.sqrt(share)
          context.fillStyle = colour(right ? '--td-series-0' : '--td-series-4')
          context.fillRect(margin + x * step, y * step, step - gap, step - gap)
        }
        context.globalAlpha = 1
        if (k > mostNamed || step < 20) return
        const times = confusion[target * k + predicted] ?? 0
        if (times === 0) return
        context.fillStyle = colour('--td-text')
        context.textAlign = 'center'
        const text = unit === 'count' ? String(times) : `${Math.round(100 * share)}`
        context.fillText(text, margin + (x + 0.5) * step, (y + 0.5) * step, step - 2)
      }),
    )
    if (margin === 0) return
    context.fillStyle = colour('--td-dim')
    rows.forEach((one, place) => {
      const name = named[one]?.name ?? ''
      context.textAlign = 'right'
      context.fillText(name, margin - 6, (place + 0.5) * step, margin - 10)
      context.textAlign = 'center'
      context.fillText(name, margin + (place + 0.5) * step, side + 11, step - 2)
    })
  }, [rows, shares, confusion, named, k, unit, side, step, margin, scheme])

  const cellAt = (event: MouseEvent<HTMLCanvasElement>): Cell | null => {
    const { left, top } = event.currentTarget.getBoundingClientRect()
    const target = rows[Math.floor((event.clientY - top) / step)]
    const predicted = rows[Math.floor((event.clientX - left - margin) / step)]
    return target === undefined || predicted === undefined ? null : { target, predicted }
  }
  const shown = at ?? cell
  return (
    <div className={classes.matrixSide}>
      <div ref={ref} className={classes.matrix}>
        {side > 0 && (
          <canvas
            ref={canvas}
            style={{ width: side + margin, height: side + (margin > 0 ? 22 : 0) }}
            role="img"
            aria-label={`Confusion matrix of ${counted(k, 'class', 'classes')}`}
            onMouseMove={(event) => setAt(cellAt(event))}
            onMouseLeave={() => setAt(null)}
            onClick={(event) => chooseCell(cellAt(event))}
          />
        )}
      </div>
      <p className={classes.hint}>
        {shown ? wordsOf(shown, figures, shares) : 'Click a cell to see its samples.'}
      </p>
    </div>
  )
}

function wordsOf(
  { target, predicted }: Cell,
  { confusion, classes: named }: ClassFigures,
  shares: readonly number[],
): string {
  const k = named.length
  const at = target * k + predicted
  const [wanted, answer] = [named[target]?.name ?? '', named[predicted]?.name ?? '']
  const what = target === predicted ? `${wanted}, recognised` : `${wanted} taken for ${answer}`
  return `${what}: ${counted(confusion[at] ?? 0, 'sample')}, ${percent(shares[at] ?? 0)} of ${wanted}`
}
