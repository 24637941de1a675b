/** What every part of the set-up form is given: the settings so far, and how to change them. */
import type { Dataset } from '../../../main/common/data/dataset.ts'
import type { TrainConfig } from '../../../main/common/training.ts'

export interface Form {
  config: TrainConfig
  /** What the next run trains on. */
  dataset: Dataset | null
  change: (part: Partial<TrainConfig>) => void
  /** Says of a field whether what is typed there cannot be meant. */
  mark: (key: string, wrong: boolean) => void
}
