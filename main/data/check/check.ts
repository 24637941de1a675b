/** What a check is given and what it gives. One file per check stands beside this one. */
import type { Check, Dataset, Split } from '../../common/data/dataset.ts'
import type { Pace } from '../pace.ts'
import type { Problems } from '../problems.ts'
import type { Evidence } from './evidence.ts'
import type { Groups } from './groups.ts'
import type { Spread } from './spread.ts'

export interface Subject {
  evidence: Evidence
  /** Rows of equal content; null where contents were not compared. */
  equal: { groups: Groups; spread: Spread } | null
  /** The record as it will be, without its checks. */
  dataset: Dataset
  /** Folder with the stored rows. */
  folder: string
  /** Columns of a table that are always the same in training. */
  constantColumns: readonly string[]
  problems: Problems
  /** What a sample is: `image`, `text`, `row`. */
  noun: string
}

/** @returns null where there is nothing to say */
export type Checker = (subject: Subject, pace: Pace) => Check | null | Promise<Check | null>

export const parts: Split[] = ['train', 'validation', 'test']
export const partNames: Record<Split, string> = {
  train: 'training',
  validation: 'validation',
  test: 'the test',
}

/** Samples of a part. */
export const sizeOf = ({ trainCount, validationCount, testCount }: Dataset, part: Split): number =>
  ({ train: trainCount, validation: validationCount, test: testCount })[part]
