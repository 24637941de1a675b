/** Why a run halted: what made the first number that is not finite, out of what, on which samples. */
import { Button } from '@mantine/core'
import { useMemo, useState } from 'react'
import type { NotFinite, TensorLook } from '../../main/common/training.ts'
import type { OwnRun } from '../../main/common/ownRun.ts'
import { CheckSamples } from '../data/dataset/CheckSamples.tsx'
import { useDatasets } from '../state/datasets.ts'
import { goTo } from '../state/pages.ts'
import { Card } from '../ui/Card.tsx'
import { count, counted, measure } from '../ui/format.ts'
import classes from './NotFiniteCard.module.css'

export function NotFiniteCard({ run, report }: { run: OwnRun; report: NotFinite }) {
  const { producer, step, seen, rows, batchSize, inputs, outputs, causes, learningRate } = report
  const dataset = useDatasets((s) => s.list?.find(({ id }) => id === run.datasetId))
  const [showing, setShowing] = useState(false)
  const samples = useMemo(
    () => ({
      what: `The batch of step ${count(step)}`,
      mend: rows.length < batchSize ? `${count(rows.length)} of its ${counted(batchSize, 'sample')}.` : '',
      count: batchSize,
      groups: rows.map((row) => [row]),
    }),
    [step, rows, batchSize],
  )
  return (
    <Card
      title={<span className={classes.title}>Not a number, caught before the update</span>}
      note={`step ${count(step)}`}
      className={classes.card}
    >
      <div className={classes.scroll}>
        <p>
          {producer ? (
            <>
              <b>{producer.op}</b> in <b>{producer.layer}</b>, {producer.pass}
            </>
          ) : (
            <>Seen in the {seen}; the same step done again with checks stayed finite.</>
          )}
          {` · learning rate ${measure(learningRate)}`}
        </p>
        {causes.length > 0 && (
          <ul className={classes.causes} aria-label="Likely causes">
            {causes.map((cause) => (
              <li key={cause}>{cause}</li>
            ))}
          </ul>
        )}
        <Looks title="Went in" looks={inputs} />
        <Looks title="Came out" looks={outputs} />
      </div>
      <div className={classes.actions}>
        {producer?.nodeId && (
          <Button variant="default" onClick={() => goTo('build')}>
            Open Build
          </Button>
        )}
        {dataset && rows.length > 0 && (
          <Button variant="default" onClick={() => setShowing(true)}>
            Show its samples
          </Button>
        )}
      </div>
      {showing && dataset && (
        <CheckSamples dataset={dataset} check={samples} onClose={() => setShowing(false)} />
      )}
    </Card>
  )
}

function Looks({ title, looks }: { title: string; looks: readonly TensorLook[] }) {
  if (looks.length === 0) return null
  return (
    <table className={classes.looks}>
      <caption>{title}</caption>
      <tbody>
        {looks.map((look) => (
          <tr key={look.name}>
            <th scope="row">
              {look.name} <span>{look.shape.join(' × ')}</span>
            </th>
            <td>{inWords(look)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function inWords({ min, max, mean, nan, infinite }: TensorLook): string {
  const finite =
    min === null || max === null || mean === null
      ? 'nothing finite'
      : `${measure(min)} to ${measure(max)}, mean ${measure(mean)}`
  const rest = [nan > 0 && `${count(nan)} NaN`, infinite > 0 && `${count(infinite)} infinite`].filter(Boolean)
  return [finite, ...rest].join(' · ')
}
