import { extname } from 'node:path'
import { openDelimited } from './delimited.ts'
import type { Limits, Records, RecordsOptions } from './format.ts'
import { openJsonLines } from './jsonLines.ts'
import { openParquet } from './parquet.ts'

/** The formats that a file is read by record for record. */
export type FileFormat = Exclude<Records['format'], 'arrays'>

const byExtension: Record<string, FileFormat> = {
  '.csv': 'delimited',
  '.tsv': 'delimited',
  '.tab': 'delimited',
  '.psv': 'delimited',
  '.jsonl': 'json-lines',
  '.ndjson': 'json-lines',
  '.parquet': 'parquet',
  '.pq': 'parquet',
}

/** What a file of this name holds, `.gz` behind it or not; null when its name says nothing of records. */
export function recordsFormat(path: string): FileFormat | null {
  const name = path.replace(/\.gz$/i, '')
  const format = byExtension[extname(name).toLowerCase()] ?? null
  // Parquet compresses inside.
  return format === 'parquet' && name !== path ? null : format
}

const opening = { delimited: openDelimited, 'json-lines': openJsonLines, parquet: openParquet }

/**
 * Looks at the beginning of a file of records. A file whose name says nothing is taken for text with tabs.
 * @throws UserError `data/missing`, `data/unreadable`, `data/encoding`, `data/gzip`, `data/table-empty`,
 *   `data/table-columns`, `data/table-quote`, `data/table-damaged`, `data/json-lines`, `data/parquet`; the ones about
 *   a row also from `rows()`
 */
export function openRecords(path: string, options: RecordsOptions = {}): Promise<Records> {
  const limits: Limits = { header: null, bytes: Infinity, rows: Infinity, only: null, ...options }
  return opening[recordsFormat(path) ?? 'delimited'](path, limits)
}
