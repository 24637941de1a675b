/** What stands on the horizontal axis of the curves of several runs, and where their buckets stand on it. Pure. */
import type { SeriesColumns } from '../../../main/common/packedSeries.ts'
import type { Run } from '../../../main/common/schemas.ts'
import type { CompareX } from '../../state/preferences.ts'

export const xTitles: Record<CompareX, { title: string; help: string }> = {
  step: { title: 'Step', help: 'Updates of the weights' },
  epoch: { title: 'Epoch', help: 'Passes over the training data' },
  samples: { title: 'Samples', help: 'Training samples seen, repeats counted' },
  time: { title: 'Relative time', help: 'Time trained, pauses left out' },
  wall: { title: 'Wall time', help: 'Start of the run and the time trained since; pauses are left out' },
}

/** What of a run its axis needs. */
export type Placed = Pick<Run, 'createdAt' | 'config' | 'datasetId'>

/**
 * One entry per bucket, ascending: where its last point stands. Null where a run has no such quantity: epochs of a run that
 * another tool wrote without any, samples of such a run or of batches that are filled by length.
 *
 * @param trainCount training samples of the run's data set; null where that is gone.
 */
export function positions(
  columns: SeriesColumns,
  x: CompareX,
  run: Placed,
  trainCount: number | null,
): Float64Array | null {
  switch (x) {
    case 'step':
      return columns.lastStep
    case 'epoch':
      return hasEpochs(columns) ? columns.epoch : null
    case 'time':
      return columns.seconds
    case 'wall':
      return columns.seconds.map((seconds) => run.createdAt / 1000 + seconds)
    case 'samples':
      return samplesSeen(columns, run, trainCount)
  }
}

/** Training always is some way into an epoch by its last point. */
export const hasEpochs = ({ epoch }: SeriesColumns): boolean =>
  epoch.length === 0 || (epoch[epoch.length - 1] as number) > 0

function samplesSeen({ epoch, lastStep }: SeriesColumns, { config }: Placed, trainCount: number | null) {
  // The batch size may have changed while it trained: epochs count what was seen.
  if (trainCount !== null && (config !== null || (epoch.at(-1) ?? 0) > 0))
    return epoch.map((epochs) => epochs * trainCount)
  if (config === null || config.tokenBudget !== null) return null
  return lastStep.map((step) => step * config.batchSize * config.accumulate)
}

/** Index of the first value that is not below `at`, in ascending values; their count when all are. */
export function lowerBound(values: ArrayLike<number>, at: number): number {
  let low = 0
  let high = values.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((values[middle] as number) < at) low = middle + 1
    else high = middle
  }
  return low
}
