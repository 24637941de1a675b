/** The weights that somebody asks about: a checkpoint of a run, the data set it was trained on, and how inputs are made. */
import { readFileSync } from 'node:fs'
import type { Dataset } from '../../common/data/dataset.ts'
import { UserError } from '../../common/errors.ts'
import { ownRun, type OwnRun } from '../../common/ownRun.ts'
import type { SubjectQuery } from '../../common/predict/subject.ts'
import type { Checkpoint } from '../../common/training.ts'
import { preparationFrom, type SinglePreparation } from '../../data/index.ts'
import type { Store } from '../../store/index.ts'
import type { Trained } from '../../training/predict/loaded.ts'
import { sidecarFile } from '../../training/checkpointFiles.ts'

export interface Asked {
  run: OwnRun
  checkpoint: Checkpoint
  dataset: Dataset
  preparation: SinglePreparation
}

/**
 * @throws UserError `runs/unknown`, `runs/foreign`, `checkpoint/none`, `checkpoint/unknown`, `checkpoint/unreadable`,
 *   `data/unknown`
 */
export function askedOf(store: Store, { runId, checkpointId }: SubjectQuery): Asked {
  const run = ownRun(store.runs.get(runId))
  const checkpoint =
    checkpointId === null ? run.checkpoints.at(-1) : run.checkpoints.find(({ id }) => id === checkpointId)
  if (!checkpoint) throw checkpointId === null ? noneYet(run) : unknown(runId, checkpointId)
  const dataset = store.datasets.get(run.datasetId)
  const preparation = preparationFrom(readPreparation(checkpoint.path), dataset)
  if (preparation) return { run, checkpoint, dataset, preparation }
  throw unreadable(checkpoint.path, 'it does not say how its inputs are made')
}

/** What the engine worker needs of it. */
export const trainedOf = ({ checkpoint, run, dataset }: Asked): Trained => ({
  path: checkpoint.path,
  document: run.document,
  dataset,
  device: run.config.device,
})

/** Written once with the checkpoint and never changed: the last ones are kept, so that nothing is read twice as one types. */
const read = new Map<string, unknown>()
const mostRead = 4

function readPreparation(path: string): unknown {
  if (read.has(path)) return read.get(path)
  try {
    const { preparation } = JSON.parse(readFileSync(sidecarFile(path), 'utf8')) as { preparation?: unknown }
    read.set(path, preparation)
    const [oldest] = read.keys()
    if (read.size > mostRead && oldest !== undefined) read.delete(oldest)
    return preparation
  } catch (error) {
    throw unreadable(path, error instanceof Error ? error.message : String(error))
  }
}

const unreadable = (path: string, reason: string): UserError =>
  new UserError({
    code: 'checkpoint/unreadable',
    what: `The checkpoint ${path} cannot be read (${reason}).`,
    mend: 'Choose another checkpoint of the run.',
  })

const noneYet = ({ id, name }: OwnRun): UserError =>
  new UserError({
    code: 'checkpoint/none',
    what: `Run ${id}, "${name}", has kept no weights yet.`,
    mend: 'Weights are kept after the first epoch and when a run ends.',
  })

const unknown = (runId: number, checkpointId: number): UserError =>
  new UserError({
    code: 'checkpoint/unknown',
    what: `Run ${runId} has no checkpoint ${checkpointId}.`,
    mend: 'Choose one of those that the run lists.',
  })
