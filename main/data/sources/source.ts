/** What every kind of source offers. One file per kind stands beside this one. */
import type { Dataset } from '../../common/data/dataset.ts'
import type { ImportOptions } from '../../common/data/options.ts'
import type { Reading } from '../../common/data/guess.ts'
import type { Fitted } from '../single/preparation.ts'
import type { Column } from '../table/columns.ts'
import type { Pace } from '../pace.ts'
import type { TokenizerFile } from '../text/tokenizerFile.ts'
import type { Problems } from '../problems.ts'
import type { Order, Row } from '../split.ts'

export interface Source {
  /**
   * Says what the path is without reading it all; null when it is not of this kind.
   * @throws UserError when it is of this kind and damaged.
   */
  inspect(path: string): Promise<Reading | null>
  /**
   * Reads enough to know every row's class and content hash.
   * @param fitted what a training has settled: rows are encoded by it, and nothing is fitted to them. Null for an import
   * @throws UserError
   */
  scan(path: string, options: ImportOptions, pace: Pace, fitted: Fitted | null): Promise<Scan>
}

export interface Scan {
  task: Dataset['task']
  /** Of `classify` only. */
  classNames: string[]
  rows: Row[]
  /** Hash over all content and over the options that change what is stored. */
  fingerprint: string
  problems: Problems
  /** Prepares the encoding of rows in this order: a vocabulary, for one, is made of the training rows. */
  encoder(order: Order, pace: Pace): Promise<Encoder>
}

export interface Encoder {
  /** Shape of a sample without the batch axis; a size that differs from row to row is a symbol. */
  sampleShape: readonly (number | string)[]
  storedDtype: Dataset['storedDtype']
  /** Bytes that the samples will take, at most. */
  bytes: number
  /** Encodes the rows one by one, in the order asked. */
  encode(rows: readonly number[], pace: Pace): AsyncIterable<Encoded>
  /** What progress calls the work: "Decoding images". */
  note: string
  /** Original image sizes of what was encoded. */
  sizes: Map<string, number>
  /** Of images that keep their sizes: see buckets.ts. */
  buckets?: Dataset['buckets']
  /** How a table's columns became features; null for everything else. */
  columns?: readonly Column[]
  /** How many numbers each feature of a table may hold, 0 for measured values; only where some are codes. */
  codes?: readonly number[]
  /** Columns of a table that are always the same, and are no features. */
  constantColumns?: readonly string[]
  /** What a regression predicts. */
  targets?: Dataset['targets']
  /** Tokens by id, or words in the order of the features; null for images. */
  vocabulary: readonly string[] | null
  /** The `tokenizer.json` that texts are encoded by, where they are by one. */
  tokenizer?: TokenizerFile | null
  /** What the encoding did to the samples, in sentences; asked when all rows are encoded. */
  notes(): string[]
}

/** One row: its bytes, and what the preview and the inspectors know it by. A failed row has a problem. */
export type Encoded =
  | {
      row: number
      input: Uint8Array
      /** Its size along each symbol of `sampleShape`, in their order. */
      extents?: readonly number[]
      /** So many elements of the row are already stored, as the end of the row before it. */
      overlap?: number
      /** What a regression is to predict, normalised; float32. */
      targets?: Float32Array<ArrayBuffer>
      item: string
      problem: null
    }
  | { row: number; input: null; item: string; problem: string }
