/** The tape of a run that has ended: the step after its newest checkpoint is made once more, and thrown away. */
import { UserError } from '../../common/errors.ts'
import { feedOf, type Prepared } from '../feed.ts'
import type { TrainJob } from '../protocol.ts'
import { plan, startingCursor, startingPosition } from '../run/cursor.ts'
import { Reporter } from '../run/reporter.ts'
import { restore } from '../run/state.ts'
import { Halted, trainStep } from '../run/step.ts'
import { Trainee } from '../run/trainee.ts'
import type { Recording } from './recording.ts'

/**
 * @param job of the run, with the checkpoint to begin from; null: its first step
 * @param prefetchUrl see prefetch.ts
 * @throws UserError `tape/not-finite`, and what reading data, model and checkpoint may refuse
 */
export async function recordOnce(job: TrainJob, prefetchUrl: URL): Promise<Recording> {
  const trainee = new Trainee(job)
  try {
    const cursor = job.from === null ? startingCursor(job.config) : restore(trainee, job.from).cursor
    const reporter = new Reporter(job.runId, startingPosition(job.config), trainee, () => undefined)
    const { position } = reporter
    Object.assign(position, { step: cursor.step, epoch: cursor.epoch, batch: cursor.batch })
    let order = trainee.epoch(cursor.epochConfig, position.epoch)
    if (position.batch >= order.length) {
      Object.assign(position, { epoch: position.epoch + 1, batch: 0 })
      order = trainee.epoch(trainee.config, position.epoch)
    }
    position.batches = order.length
    plan(position, trainee, order.length)
    const group = await prepared(job, trainee, order, position, prefetchUrl)
    trainee.recorder.recordNext()
    trainee.recorder.step(trainee, position.step + 1, () => trainStep(trainee, group, reporter))
    const recording = trainee.recorder.take()
    if (!recording) throw new Error('[tape] the step was made and not recorded')
    return recording
  } catch (error) {
    throw error instanceof Halted ? notFinite(error) : error
  } finally {
    trainee.dispose()
  }
}

async function prepared(
  job: TrainJob,
  trainee: Trainee,
  order: readonly Uint32Array[],
  { epoch, batch }: { epoch: number; batch: number },
  prefetchUrl: URL,
): Promise<Prepared[]> {
  const feed = feedOf(job, trainee.batches, prefetchUrl)
  try {
    const rows = order.slice(0, batch + job.config.accumulate)
    feed.announce(epoch, rows, batch)
    const group: Prepared[] = []
    for (const one of rows.slice(batch)) {
      const next = await feed.next(epoch, one)
      // Images stay valid only until the next batch is asked for.
      group.push(
        next.images ? { ...next, images: { ...next.images, bytes: next.images.bytes.slice() } } : next,
      )
    }
    return group
  } finally {
    await feed.close()
  }
}

const notFinite = ({ message }: Halted): UserError =>
  new UserError({
    code: 'tape/not-finite',
    what: `There is no tape to show: ${message}, so the step stops before its update.`,
    mend: 'The card on the Train page says what made it; go back to an earlier checkpoint.',
  })
