import type { Live } from '../common/schemas.ts'
import type { TrainConfig } from '../common/training.ts'
import { startingPosition } from '../training/run/cursor.ts'

/** A run that the worker has not spoken of yet: how many batches it has is known when its data was read. */
export const startingLive = (runId: number, config: TrainConfig): Live => ({
  ...startingPosition(config),
  runId,
  status: 'running',
  latest: {},
  memory: { active: 0, peak: 0, cached: 0, gpu: null },
  storedStep: 0,
  storedEvents: 0,
  error: null,
})
