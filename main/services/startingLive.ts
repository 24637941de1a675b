import type { Live } from '../common/schemas.ts'
import type { TrainConfig } from '../common/training.ts'

/** A run that the worker has not spoken of yet: how many batches it has is known when its data was read. */
export const startingLive = (runId: number, { epochs, learningRate }: TrainConfig): Live => ({
  runId,
  status: 'running',
  step: 0,
  totalSteps: 0,
  epoch: 1,
  epochs,
  batch: 0,
  batches: 0,
  learningRate,
  samplesPerSecond: 0,
  seconds: 0,
  secondsLeft: null,
  waiting: 0,
  latest: {},
  memory: { active: 0, peak: 0, cached: 0 },
  storedStep: 0,
  storedEvents: 0,
  stopsAfterEpoch: false,
  error: null,
})
