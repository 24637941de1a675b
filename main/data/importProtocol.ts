/** What an import's thread and the thread that started it say to each other. Plain data only. */
import type { Refusal } from '../common/errors.ts'
import type { Progress } from '../common/schemas.ts'
import type { Made } from './import.ts'

/** To the import's thread; its job is its `workerData`. */
export type ImportCommand = 'abort'

export type ImportReport =
  | { kind: 'progress'; progress: Progress }
  | { kind: 'made'; made: Made }
  /** After `abort`. */
  | { kind: 'aborted' }
  | { kind: 'refused'; refusal: Refusal }
  /** A fault of ours. */
  | { kind: 'failed'; message: string; stack: string }
