/** What a follower says of files that grow. Plain data only. */
import type { Refusal } from '../../common/errors.ts'
import type { Point } from '../../store/index.ts'
import type { End, Start } from '../tables/head.ts'
import type { Position } from './position.ts'

/** What lines of a file say, in their order; `key` tells its runs apart. */
export type News =
  | { kind: 'start'; key: string; start: Start }
  /** `began`: seconds since 1970 of its first row, where it tells. */
  | { kind: 'points'; key: string; points: Point[]; began: number | null }
  | { kind: 'remark'; key: string; step: number; note: string }
  | { kind: 'end'; key: string; end: End }
  /** Another file has its name, or it was emptied: what comes now is of other runs. */
  | { kind: 'replaced' }

export interface Batch {
  path: string
  /** What runs are called that have no name. */
  name: string
  news: News[]
  /** After these lines. */
  position: Position
  /** Of the file. */
  bytes: number
}

/** `silent`: no line came for long. `over`: the run has ended. `gone`: it is not there, yet or any more. */
export type FileState = 'growing' | 'silent' | 'over' | 'gone' | 'refused'

export type FollowReport =
  | { kind: 'batch'; batch: Batch }
  | { kind: 'file'; path: string; state: FileState; refusal: Refusal | null }
  /** Everything that is there was read. `missing`: why nothing can be read at the path. */
  | { kind: 'caught-up'; files: number; missing: Refusal | null }
