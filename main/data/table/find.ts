/** The table at a path: a file of records, the only one in a folder, or arrays of features. */
import { basename, dirname, extname } from 'node:path'
import { extension, listFolder, look } from '../files.ts'
import { openArrayTable } from '../npy/table.ts'
import type { Pace } from '../pace.ts'
import { openRecords, recordsFormat } from '../records/index.ts'
import type { Records, RecordsOptions } from '../records/index.ts'

export interface FoundTable {
  /** The file that holds it; of arrays the archive or their folder. */
  file: string
  /** What it is called: its file without the endings. */
  name: string
  records: Records
}

/** @returns null where there is no table @throws UserError as `openRecords`, `openArrayTable` */
export async function findTable(
  path: string,
  options: RecordsOptions,
  pace: Pace,
): Promise<FoundTable | null> {
  const file = await recordsAt(path)
  if (file) return { file, name: nameOf(file), records: await openRecords(file, options) }
  const records = await openArrayTable(path, options.rows ?? Infinity, pace)
  if (!records) return null
  return { file: path, name: nameOf(extension(path) === '.npy' ? dirname(path) : path), records }
}

async function recordsAt(path: string): Promise<string | null> {
  if (!(await look(path)).isDirectory()) return recordsFormat(path) ? path : null
  const tables = (await listFolder(path)).filter((entry) => !entry.folder && recordsFormat(entry.name))
  return tables.length === 1 ? tables[0]!.path : null
}

function nameOf(file: string): string {
  const name = basename(file.replace(/\.gz$/i, ''))
  return basename(name, extname(name)).slice(0, 120) || 'Table'
}
