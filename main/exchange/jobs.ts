/** What the thread of an exchange is asked for, and what it says. Plain data only. */
import type { Refusal } from '../common/errors.ts'
import type { Exported, ExportRequest, SourceKind, TableReading } from '../common/exchange/exchange.ts'
import type { Progress } from '../common/schemas.ts'
import type { Piece } from './piece.ts'

export interface ImportJob {
  kind: 'import'
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

export type ExchangeJob = ImportJob | ExportJob

/** `taken`: so many pieces were taken in; more may come. */
export type ExchangeCommand = 'abort' | 'taken'

export type ExchangeReport =
  | { kind: 'progress'; progress: Progress }
  | { kind: 'source'; source: SourceKind }
  | { kind: 'piece'; piece: Piece }
  | { kind: 'done'; exported: Exported | null }
  /** After `abort`. */
  | { kind: 'aborted' }
  | { kind: 'refused'; refusal: Refusal }
  /** A fault of ours. */
  | { kind: 'failed'; message: string; stack: string }

/** Pieces on their way that were not taken yet, at most. */
export const mostOnTheWay = 8
