/** What a checkpoint is worth, in figures; a class of the table shows its curves. */
import type { Evaluation } from '../../../main/common/evaluation/evaluation.ts'
import { useState } from 'react'
import { Card } from '../../ui/Card.tsx'
import { count, counted, duration, measure, share } from '../../ui/format.ts'
import type { ClassFigures } from './ConfusionCard.tsx'
import { useEvaluation } from './evaluation.ts'
import classes from './Evaluate.module.css'

export function FiguresCard({ evaluation }: { evaluation: Evaluation }) {
  const { figures, split, datasetName, seconds, step, notes } = evaluation
  return (
    <Card
      className={classes.figures}
      title="Figures"
      note={`${split} of ${datasetName}, weights of step ${count(step)}, in ${seconds < 0.1 ? 'less than 0.1 s' : duration(seconds)}`}
    >
      <dl className={classes.headline} aria-label="Figures">
        {headline(figures).map(([name, value, help]) => (
          <div key={name} title={help}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {notes.length > 0 && (
        <ul className={classes.notes} aria-label="What to know of these data">
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      {figures.task === 'classify' && <ClassTable figures={figures} />}
    </Card>
  )
}

type Entry = [name: string, value: string, help: string]

function headline(figures: Evaluation['figures']): Entry[] {
  const known = (value: number | null, format: (value: number) => string): string =>
    value === null ? '–' : format(value)
  switch (figures.task) {
    case 'classify': {
      const { samples, notFinite, accuracy, topK, logLoss, macroF1, weightedF1, calibrationError } = figures
      // Among all classes it always is.
      const top = Math.min(topK.length, figures.classes.length - 1) - 1
      return [
        ['accuracy', share(accuracy), `of ${counted(samples, 'sample')}`],
        ...(top > 0
          ? ([
              [`top ${top + 1}`, share(topK[top] ?? 0), 'The true class is among the most probable ones'],
            ] as Entry[])
          : []),
        ['log loss', measure(logLoss), 'Mean of −log of the true class’s probability'],
        ['macro F1', known(macroF1, share), 'Mean over the classes'],
        ['weighted F1', known(weightedF1, share), 'Weighted by the classes’ samples'],
        [
          'calibration error',
          share(calibrationError),
          'How far confidence and accuracy are apart (Guo et al. 2017)',
        ],
        ...(notFinite > 0
          ? ([
              ['no answer', count(notFinite), 'A probability of these is no number; they count as wrong'],
            ] as Entry[])
          : []),
      ]
    }
    case 'regress':
      return figures.targets.flatMap(({ name, mae, rmse, r2, bias }): Entry[] => [
        [`${name}: MAE`, known(mae, measure), 'Mean absolute error, in the target’s unit'],
        ['RMSE', known(rmse, measure), 'Root of the mean squared error'],
        ['R²', known(r2, share), '1 is perfect, 0 as good as always saying the mean'],
        ['bias', known(bias, measure), 'Mean of predicted − true: whether it guesses too high or too low'],
      ])
    case 'next-token':
      return [
        ['loss', measure(figures.loss), 'Mean cross-entropy of a token'],
        ['perplexity', measure(figures.perplexity), 'e to the loss'],
        ['accuracy', share(figures.accuracy), 'Tokens that were the likeliest'],
        ['samples', count(figures.samples), ''],
      ]
  }
}

type Key = 'name' | 'support' | 'precision' | 'recall' | 'f1' | 'rocArea' | 'averagePrecision'
const columns: readonly (readonly [key: Key, title: string, help: string])[] = [
  ['name', 'Class', ''],
  ['support', 'samples', 'Of this class'],
  ['precision', 'precision', 'Of what was taken for the class, the share that is it'],
  ['recall', 'recall', 'Of the class, the share that was recognised'],
  ['f1', 'F1', 'Harmonic mean of the two'],
  ['rocArea', 'ROC area', 'Against all other classes'],
  ['averagePrecision', 'avg. precision', 'Area under precision over recall, by steps'],
]

function ClassTable({ figures }: { figures: ClassFigures }) {
  const [sort, setSort] = useState<{ key: Key; up: boolean } | null>(null)
  const chosen = useEvaluation((s) => s.classIndex)
  const rows = figures.classes.map((one, index) => ({ ...one, index }))
  if (sort)
    rows.sort((a, b) => {
      const [x, y] = [a[sort.key], b[sort.key]]
      const order = typeof x === 'string' ? x.localeCompare(String(y)) : Number(x ?? -1) - Number(y ?? -1)
      return (sort.up ? order : -order) || a.index - b.index
    })
  return (
    <div className={classes.tableScroll}>
      <table className={classes.table}>
        <thead>
          <tr>
            {columns.map(([key, title, help]) => (
              <th
                key={key}
                scope="col"
                title={help}
                aria-sort={sort?.key === key ? (sort.up ? 'ascending' : 'descending') : undefined}
              >
                <button
                  type="button"
                  onClick={() => setSort({ key, up: sort?.key === key ? !sort.up : true })}
                >
                  {title}
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((one) => (
            <tr key={one.index} aria-selected={one.index === chosen}>
              <th scope="row">
                <button
                  type="button"
                  title="Show its curves"
                  onClick={() => useEvaluation.setState({ classIndex: one.index })}
                >
                  {one.name}
                </button>
              </th>
              <td>{count(one.support)}</td>
              {(['precision', 'recall', 'f1', 'rocArea', 'averagePrecision'] as const).map((key) => (
                <td key={key}>{one[key] === null ? '–' : one[key].toFixed(3)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
