/** One line about the run: where it is, how fast it goes, what it has reached, or how it ended. */
import { Button, Progress } from '@mantine/core'
import { IconChartBar, IconPlayerPlay } from '@tabler/icons-react'
import { imbalanceOf } from '../../main/common/imbalance.ts'
import type { OwnRun } from '../../main/common/ownRun.ts'
import { metrics, type Live } from '../../main/common/schemas.ts'
import { useDatasets } from '../state/datasets.ts'
import { isActive, useLive } from '../state/live.ts'
import { goTo } from '../state/pages.ts'
import { askRun } from '../try/state.ts'
import { tick } from '../state/runs.ts'
import { count, duration, measure, percent, share, short } from '../ui/format.ts'
import { RefusalText } from '../ui/Notices.tsx'
import { RunStatus } from '../ui/RunStatus.tsx'
import { GoOn } from './GoOn.tsx'
import { LearningRateField } from './LearningRateField.tsx'
import { RunRemarks } from './RunRemarks.tsx'
import classes from './TrainPage.module.css'

export function RunBar({ detail }: { detail: OwnRun | null }) {
  const live = useLive((s) => s.live)
  if (!live) return null
  return (
    <section className={classes.bar} aria-label="Run">
      <div className={classes.barRow}>
        {isActive(live) ? <Running live={live} detail={detail} /> : <Ended live={live} detail={detail} />}
      </div>
      {detail?.id === live.runId && <RunRemarks run={detail} />}
    </section>
  )
}

function Running({ live, detail }: { live: Live; detail: OwnRun | null }) {
  const done = live.totalSteps > 0 ? (100 * live.step) / live.totalSteps : 0
  const best = detail?.summaries[metrics.valAccuracy]
  const left = live.secondsLeft === null ? 'measuring time' : `${duration(live.secondsLeft)} left`
  return (
    <>
      <b>
        Epoch {count(live.epoch)} of {count(live.epochs)}
      </b>
      <Progress
        className={classes.progress}
        value={done}
        aria-label="Progress of the run"
        transitionDuration={0}
      />
      <span>
        {live.batches === 0 ? (
          'preparing the data and the model'
        ) : (
          <>
            batch {count(live.batch)} of {count(live.batches)} · {live.status === 'paused' ? 'paused' : left}{' '}
            · {short(live.samplesPerSecond)} samples/s
          </>
        )}
      </span>
      <span title="Share of the last second in which training stood still until its next batch was ready">
        waits for data <b>{percent(Math.round(1000 * live.waiting) / 1000)}</b>
      </span>
      <LearningRateField
        runId={live.runId}
        value={detail?.id === live.runId ? detail.config.learningRate : live.learningRate}
        now={live.learningRate}
      />
      {best && (
        <span>
          Best so far <b>{share(best.max)}</b> at step {count(best.maxStep)}
        </span>
      )}
      {detail && <MacroF1 detail={detail} />}
    </>
  )
}

function Ended({ live, detail }: { live: Live; detail: OwnRun | null }) {
  const accuracy = detail?.summaries[metrics.valAccuracy]
  const loss = detail?.summaries[metrics.valLoss]
  const perplexity = detail?.summaries[metrics.valPerplexity]
  const compare = (
    <Button
      variant="default"
      leftSection={<IconChartBar size={15} />}
      onClick={() => {
        tick(live.runId, true)
        goTo('compare')
      }}
    >
      Compare
    </Button>
  )
  if (live.error)
    return (
      <>
        <RunStatus status={live.status} />
        <div className={classes.failure} role="alert">
          <RefusalText {...live.error} />
        </div>
        {detail?.id === live.runId && <GoOn run={detail} />}
        {compare}
      </>
    )
  return (
    <>
      <RunStatus status={live.status} />
      <div className={classes.result} role="status">
        <b className={classes.runName} title={detail?.name}>
          {detail?.name ?? `Run ${live.runId}`}
        </b>
        {accuracy && (
          <span>
            validation accuracy <b>{share(accuracy.last)}</b>
            {accuracy.max > accuracy.last &&
              `, best ${share(accuracy.max)} at step ${count(accuracy.maxStep)}`}
          </span>
        )}
        {detail && <MacroF1 detail={detail} />}
        {loss && (
          <span>
            loss <b>{measure(loss.last)}</b>
            {perplexity && `, perplexity ${measure(perplexity.last)}`}
          </span>
        )}
        <span>
          {count(live.step)} steps in {duration(live.seconds)}
        </span>
      </div>
      {detail?.id === live.runId && <GoOn run={detail} />}
      {live.step > 0 && (
        <Button
          variant="default"
          leftSection={<IconPlayerPlay size={15} />}
          onClick={() => {
            askRun(live.runId)
            goTo('try')
          }}
        >
          Try
        </Button>
      )}
      {compare}
    </>
  )
}

/** Where classes are unbalanced, accuracy alone flatters: guessing the largest class already earns its share. */
function MacroF1({ detail }: { detail: OwnRun }) {
  const dataset = useDatasets((s) => s.list?.find(({ id }) => id === detail.datasetId))
  const macro = detail.summaries[metrics.valMacroF1]
  const imbalance = dataset && imbalanceOf(dataset)
  if (!macro || !imbalance?.unbalanced) return null
  const { smallest, largest } = imbalance
  return (
    <span
      title={`Mean over the classes of F1, the harmonic mean of precision and recall; every class counts alike. The classes are unbalanced: ${count(smallest.count)} of ${smallest.name}, ${count(largest.count)} of ${largest.name}.`}
    >
      macro F1 <b>{share(macro.last)}</b>
    </span>
  )
}
