/** How sure a network may be: curves of one class against all others, and calibration. */
import { SegmentedControl } from '@mantine/core'
import { useMemo, useState } from 'react'
import { CartesianGrid, Line, LineChart, ResponsiveContainer, XAxis, YAxis } from 'recharts'
import { client } from '../../client.ts'
import { useAnswer } from '../../state/useAnswer.ts'
import { Card } from '../../ui/Card.tsx'
import { share } from '../../ui/format.ts'
import type { ClassFigures } from './ConfusionCard.tsx'
import { axisLook, labelLook } from './axisLook.ts'
import { useEvaluation } from './evaluation.ts'
import classes from './Evaluate.module.css'

type Kind = 'roc' | 'pr' | 'calibration'

interface Point {
  x: number
  y: number
}

export function CurvesCard({ id, figures }: { id: number; figures: ClassFigures }) {
  const [kind, setKind] = useState<Kind>('roc')
  const classIndex = useEvaluation((s) => s.classIndex)
  const question = useMemo(
    () => ({ key: `${id} ${classIndex}`, ask: () => client.predict.curves({ id, classIndex }) }),
    [id, classIndex],
  )
  const answer = useAnswer(question, 0, 0)
  const curves = answer?.key === question.key ? answer.value : null
  const one = figures.classes[classIndex]
  const points: Point[] =
    kind === 'calibration'
      ? figures.calibration.flatMap(({ confidence, accuracy }) =>
          confidence === null || accuracy === null ? [] : [{ x: confidence, y: accuracy }],
        )
      : ((kind === 'roc' ? curves?.roc : curves?.precisionRecall) ?? [])
  const said = {
    roc: `${one?.name} against all others: area ${known(one?.rocArea)}`,
    pr: `${one?.name}: average precision ${known(one?.averagePrecision)}`,
    calibration: `of all classes: error ${share(figures.calibrationError)}`,
  }[kind]
  const axes = {
    roc: ['false positive rate', 'true positive rate'],
    pr: ['recall', 'precision'],
    calibration: ['confidence', 'accuracy'],
  }[kind]
  return (
    <Card
      className={classes.curves}
      title="Curves"
      controls={
        <SegmentedControl
          aria-label="Curve"
          value={kind}
          data={[
            { value: 'roc', label: 'ROC' },
            { value: 'pr', label: 'Precision–recall' },
            { value: 'calibration', label: 'Calibration' },
          ]}
          onChange={(value) => setKind(value === 'pr' || value === 'calibration' ? value : 'roc')}
        />
      }
    >
      <p className={classes.hint}>
        {said}
        {one?.support === 0 && kind !== 'calibration' && ': there is no sample of it'}
        {one?.support === figures.samples - figures.notFinite &&
          kind === 'roc' &&
          ': there is no sample of any other class'}
      </p>
      <div className={classes.plot} role="img" aria-label={`${axes[1]} over ${axes[0]}, ${said}`}>
        <ResponsiveContainer width="100%" height="100%">
          <LineChart data={points} margin={{ top: 8, right: 12, bottom: 18, left: 0 }}>
            <CartesianGrid stroke="var(--td-grid)" />
            <XAxis
              {...unit}
              dataKey="x"
              label={{ value: axes[0], position: 'insideBottom', offset: -12, ...labelLook }}
            />
            <YAxis
              {...unit}
              width={54}
              label={{ value: axes[1], angle: -90, position: 'insideLeft', ...labelLook }}
            />
            {kind !== 'pr' && (
              <Line
                data={[
                  { x: 0, y: 0 },
                  { x: 1, y: 1 },
                ]}
                dataKey="y"
                stroke="var(--td-line-strong)"
                strokeDasharray="4 4"
                dot={false}
                isAnimationActive={false}
              />
            )}
            <Line
              dataKey="y"
              stroke="var(--td-accent)"
              strokeWidth={1.8}
              dot={kind === 'calibration' ? { r: 3 } : false}
              isAnimationActive={false}
              type="linear"
            />
          </LineChart>
        </ResponsiveContainer>
      </div>
    </Card>
  )
}

const known = (value: number | null | undefined): string =>
  value === null || value === undefined ? 'not defined' : value.toFixed(3)

const unit = {
  type: 'number' as const,
  domain: [0, 1] as [number, number],
  ticks: [0, 0.25, 0.5, 0.75, 1],
  ...axisLook,
}
