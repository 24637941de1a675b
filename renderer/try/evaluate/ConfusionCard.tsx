/** What was taken for what: the matrix, and the mistakes that are made most often. */
import { SegmentedControl } from '@mantine/core'
import { useMemo, useState } from 'react'
import type { Evaluation } from '../../../main/common/evaluation/evaluation.ts'
import { Card } from '../../ui/Card.tsx'
import { count } from '../../ui/format.ts'
import { matrixOrders, mostConfused, type MatrixOrder } from './confusion.ts'
import { ConfusionMatrix } from './ConfusionMatrix.tsx'
import { chooseCell, useEvaluation } from './evaluation.ts'
import classes from './Evaluate.module.css'

export type ClassFigures = Evaluation['figures'] & { task: 'classify' }

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
      controls={
        <>
          <SegmentedControl
            aria-label="Order of classes"
            value={order}
            data={[
              { value: 'classes', label: 'By class' },
              { value: 'errors', label: 'Worst first' },
              { value: 'samples', label: 'Largest first' },
            ]}
            onChange={(value) => setOrder(matrixOrders.find((one) => one === value) ?? 'classes')}
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
        <ConfusionMatrix figures={figures} order={order} unit={unit} cell={cell} />
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
