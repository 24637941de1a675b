/** What the thread of an exchange is asked for, and what it says. Plain data only. */
import type { Refusal } from '../common/errors.ts'
import type { Exported, ExportRequest, SourceKind, TableReading } from '../common/exchange/exchange.ts'
import type { Progress } from '../common/schemas.ts'
import type { Position } from './follow/position.ts'
import type { FollowReport } from './follow/report.ts'
import type { Piece } from './piece.ts'

export interface ImportJob {
  kind: 'import'
  workspace: string
  path: string
  reading: TableReading | null
  /** An empty folder for the files of checkpoints. */
  staging: string
}

export interface ExportJob extends ExportRequest {
  kind: 'export'
  workspace: string
  /** Of Tapedeck. */
  version: string
}

export interface FollowJob {
  kind: 'follow'
  workspace: string
  /** A file of metrics, or a folder of such. */
  path: string
  /** How far files were read before. */
  positions: { path: string; position: Position }[]
  /** Files that are followed already, for themselves. */
  others: string[]
  /** Milliseconds without a line after which a writer is taken to be gone. */
  silence: number
}

export type ExchangeJob = ImportJob | ExportJob | FollowJob

/** `taken`: so many pieces were taken in; more may come. */
export type ExchangeCommand = 'abort' | 'taken'

export type ExchangeReport =
  | { kind: 'progress'; progress: Progress }
  | { kind: 'source'; source: SourceKind }
  | { kind: 'piece'; piece: Piece }
  | { kind: 'followed'; followed: FollowReport }
  | { kind: 'done'; exported: Exported | null }
  /** After `abort`. */
  | { kind: 'aborted' }
  | { kind: 'refused'; refusal: Refusal }
  /** A fault of ours. */
  | { kind: 'failed'; message: string; stack: string }

/** Pieces, or news of files, on their way that were not taken yet, at most. */
export const mostOnTheWay = 8

/** After so many points of an import, or of files that are followed, the log of the workspace is moved into its file: some megabytes. */
export const pointsInLog = 60_000

/** So many points are left in it when files that are followed have been read. */
export const pointsLeft = 1000
