/** What came of one sweep: its best, the objective over the trials, what each setting did, every trial. */
import { Button } from '@mantine/core'
import { useMemo, useState } from 'react'
import { trialSubject } from '../../main/common/sweeps/apply.ts'
import type { SweepDetail } from '../../main/common/sweeps/contract.ts'
import { bestOf, combinationsOf, seedSpread } from '../../main/common/sweeps/results.ts'
import { choicesText } from '../../main/common/sweeps/trials.ts'
import { useLive } from '../state/live.ts'
import { useModel } from '../state/model.ts'
import { goTo } from '../state/pages.ts'
import { usePreferences } from '../state/preferences.ts'
import { tickOnly } from '../state/runs.ts'
import { pauseSweep, removeSweep, resumeSweep, retryTrials, stopSweep } from '../state/sweeps.ts'
import { Card } from '../ui/Card.tsx'
import { Confirm } from '../ui/Confirm.tsx'
import { count, counted, duration, measure } from '../ui/format.ts'
import { LongName } from '../ui/LongName.tsx'
import { Effects } from './Effects.tsx'
import { ObjectiveChart } from './ObjectiveChart.tsx'
import { SweepState } from './SweepState.tsx'
import classes from './SweepsPage.module.css'
import { TrialsTable } from './TrialsTable.tsx'

export function SweepResult({ sweep }: { sweep: SweepDetail }) {
  return (
    <div className={classes.result}>
      <Head sweep={sweep} />
      <Best sweep={sweep} />
      <ObjectiveChart sweep={sweep} />
      <Effects sweep={sweep} />
      <TrialsTable sweep={sweep} />
    </div>
  )
}

function Head({ sweep }: { sweep: SweepDetail }) {
  const { id, name, status, counts, remark, seconds, datasetName } = sweep
  const [removing, setRemoving] = useState(false)
  const queued = status === 'queued'
  return (
    <section className={classes.head} aria-label="Sweep">
      <div className={classes.headText}>
        <h2 className={classes.name}>
          <LongName>{name}</LongName>
        </h2>
        <p className={classes.facts}>
          <SweepState sweep={sweep} />
          <span>
            {count(counts.finished)} of {counted(counts.total, 'trial')} finished
            {counts.failed > 0 && `, ${count(counts.failed)} failed`}
            {counts.skipped > 0 && `, ${count(counts.skipped)} skipped`}
          </span>
          <span>{duration(seconds)} trained</span>
          {datasetName === '' && <span>its data set has been removed</span>}
        </p>
        {sweep.training && <TrainingTrial training={sweep.training} />}
        {remark !== null && <p className={classes.remarkLine}>{remark}</p>}
      </div>
      <div className={classes.buttons}>
        {counts.failed > 0 && !queued && (
          <Button variant="default" onClick={() => void retryTrials(id, null)}>
            Try the failed again
          </Button>
        )}
        {queued && (
          <Button variant="default" onClick={() => void pauseSweep(id)}>
            Pause sweep
          </Button>
        )}
        {(status === 'paused' || status === 'stopped') && (
          <Button onClick={() => void resumeSweep(id)}>Go on</Button>
        )}
        {(queued || status === 'paused') && (
          <Button variant="default" onClick={() => void stopSweep(id)}>
            Stop sweep
          </Button>
        )}
        {(status === 'finished' || status === 'stopped') && (
          <Button variant="default" onClick={() => setRemoving(true)}>
            Remove
          </Button>
        )}
      </div>
      <Confirm
        opened={removing}
        title="Remove this sweep?"
        action="Remove sweep"
        onConfirm={() => void removeSweep(id)}
        onClose={() => setRemoving(false)}
      >
        Its runs stay in the table of runs.
      </Confirm>
    </section>
  )
}

function TrainingTrial({ training }: { training: NonNullable<SweepDetail['training']> }) {
  const { number, text, runId } = training
  const epoch = useLive(({ live }) =>
    live?.runId === runId && live.batches > 0 ? ` · epoch ${count(live.epoch)} of ${count(live.epochs)}` : '',
  )
  return (
    <p className={classes.facts}>
      Trial {number} trains: {text || 'the settings as they are'}
      {epoch}
    </p>
  )
}

function Best({ sweep }: { sweep: SweepDetail }) {
  const { spec, trials, objective } = sweep
  const best = useMemo(() => bestOf(trials, objective.direction), [trials, objective.direction])
  const chance = useMemo(() => seedSpread(combinationsOf(trials)), [trials])
  const runIds = trials.flatMap(({ runId }) => (runId === null ? [] : [runId]))
  if (!best) return null
  const text = choicesText(spec, best.choices)
  const use = (): void => {
    const { document, config } = trialSubject(spec, best.choices, spec.config.seed)
    usePreferences.getState().set({ config: { ...config, earlyStopping: spec.config.earlyStopping } })
    if (Object.keys(best.choices).some((setting) => setting.startsWith('layers.')))
      useModel.getState().setDocument(document)
    goTo('train')
  }
  return (
    <Card
      title={`Best ${objective.metric}`}
      note={objective.read === 'best' ? 'of each run’s best epoch' : 'of each run’s last epoch'}
      className={classes.best}
      controls={
        <>
          <Button
            variant="default"
            onClick={() => {
              tickOnly(runIds)
              goTo('compare')
            }}
          >
            Compare {counted(runIds.length, 'run')}
          </Button>
          {text !== '' && <Button onClick={use}>Use these settings</Button>}
        </>
      }
    >
      <p className={classes.bestLine}>
        <b className={classes.bestValue}>
          {measure(best.mean)}
          {best.spread !== null && ` ± ${measure(best.spread, 2)}`}
        </b>
        <span>{text === '' ? `mean of ${counted(best.values.length, 'seed')}` : text}</span>
        {text !== '' && best.values.length > 1 && <span>mean of {counted(best.values.length, 'seed')}</span>}
      </p>
      {chance !== null && text !== '' && (
        <p className={classes.hint}>
          Runs that differ in the seed alone differ by {measure(chance, 2)} (standard deviation): what differs
          by less may be chance.
        </p>
      )}
      {spec.seeds === 1 && text !== '' && (
        <p className={classes.hint}>
          One seed each: how much of the differences is chance cannot be seen. Run the best again with several
          seeds.
        </p>
      )}
    </Card>
  )
}
