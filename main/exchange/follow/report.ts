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
  /** Its program began again: what was told of step `from` and later ones counts no more. */
  | { kind: 'again'; key: string; from: number }
  /** Settings that are told after its first points. */
  | { kind: 'settings'; key: string; settings: Start['settings'] }
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

/** What grows: a file, or the files of a run. */
export interface Followed {
  readonly path: string
  /** The run has ended. */
  readonly over: boolean
  /** Milliseconds since its last change that was seen; the clock of another machine may be ahead. */
  readonly silentFor: number
  /** What was written since the last time, some hundred points at a time; nothing where nothing was. */
  news(signal: AbortSignal): AsyncGenerator<Batch>
}

/** `silent`: no line came for long. `over`: the run has ended. `gone`: it is not there, yet or any more. */
export type FileState = 'growing' | 'silent' | 'over' | 'gone' | 'refused'

export type FollowReport =
  | { kind: 'batch'; batch: Batch }
  | { kind: 'file'; path: string; state: FileState; refusal: Refusal | null }
  /** Everything that is there was read: after batches, and whenever there is something else to tell. `missing`: why nothing can be read at the path. */
  | { kind: 'caught-up'; files: number; missing: Refusal | null }
