/** How sure a network may be: curves of one class against all others, calibration; residuals of numbers. */
import { SegmentedControl } from '@mantine/core'
import { useMemo, useState } from 'react'
import {
  CartesianGrid,
  Line,
  LineChart,
  ResponsiveContainer,
  Scatter,
  ScatterChart,
  XAxis,
  YAxis,
} from 'recharts'
import type { Evaluation } from '../../../main/common/evaluation/evaluation.ts'
import { client } from '../../client.ts'
import { useAnswer } from '../../state/useAnswer.ts'
import { Card } from '../../ui/Card.tsx'
import { measure, share } from '../../ui/format.ts'
import type { ClassFigures } from './ConfusionCard.tsx'
import { useEvaluation } from './evaluation.ts'
import classes from './Evaluate.module.css'

type Kind = 'roc' | 'pr' | 'calibration'

interface Point {
  x: number
  y: number
}

export function CurvesCard({ evaluation }: { evaluation: Evaluation }) {
  const { figures } = evaluation
  if (figures.task === 'classify') return <OfClasses id={evaluation.id} figures={figures} />
  if (figures.task === 'regress') return <Residuals figures={figures} />
  return null
}

function OfClasses({ id, figures }: { id: number; figures: ClassFigures }) {
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
              label={{ value: axes[0], position: 'insideBottom', offset: -12, ...label }}
            />
            <YAxis
              {...unit}
              width={44}
              label={{ value: axes[1], angle: -90, position: 'insideLeft', ...label }}
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

const label = { style: { fill: 'var(--td-faint)', fontSize: 11, textAnchor: 'middle' as const } }
const unit = {
  type: 'number' as const,
  domain: [0, 1] as [number, number],
  ticks: [0, 0.25, 0.5, 0.75, 1],
  tick: { fill: 'var(--td-faint)', fontSize: 11 },
  stroke: 'var(--td-line)',
}

function Residuals({ figures }: { figures: Evaluation['figures'] & { task: 'regress' } }) {
  const points = figures.residuals.map(({ wanted, predicted }) => ({ x: wanted, y: predicted - wanted }))
  const axis = {
    type: 'number' as const,
    domain: ['auto', 'auto'] as [string, string],
    tick: { fill: 'var(--td-faint)', fontSize: 11 },
    stroke: 'var(--td-line)',
    tickFormatter: (value: number) => measure(value, 3),
  }
  return (
    <Card className={classes.curves} title="Residuals" note={figures.targets[0]?.name}>
      <div className={classes.plot} role="img" aria-label="Predicted minus true value over the true value">
        <ResponsiveContainer width="100%" height="100%">
          <ScatterChart margin={{ top: 8, right: 12, bottom: 18, left: 8 }}>
            <CartesianGrid stroke="var(--td-grid)" />
            <XAxis
              {...axis}
              dataKey="x"
              label={{ value: 'true value', position: 'insideBottom', offset: -12, ...label }}
            />
            <YAxis
              {...axis}
              dataKey="y"
              width={60}
              label={{ value: 'predicted − true', angle: -90, position: 'insideLeft', ...label }}
            />
            <Scatter data={points} fill="var(--td-accent)" fillOpacity={0.6} isAnimationActive={false} />
          </ScatterChart>
        </ResponsiveContainer>
      </div>
    </Card>
  )
}
