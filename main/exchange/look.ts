/** What a path is, told by its content, and what is in it as far as that is known without reading it all. */
import { open, stat } from 'node:fs/promises'
import { UserError } from '../common/errors.ts'
import type { SourceKind, SourceLook } from '../common/exchange/exchange.ts'
import { Archive } from './archive/read.ts'
import { maskedCrc32c } from './events/crc32c.ts'
import { eventRuns } from './events/folder.ts'
import { fileError } from './refuse.ts'
import { lookAtTable } from './tables/read.ts'
import type { TableForm } from './tables/rows.ts'

const mostNames = 200

/** @throws UserError `exchange/unknown`, and as the readers do */
export async function lookAtSource(path: string): Promise<SourceLook> {
  const { kind, form, bytes } = await kindOf(path)
  const looked = { path, kind, table: null }
  if (kind === 'archive') {
    const archive = await Archive.open(path)
    try {
      const names = archive.manifest.runs.map(({ name }) => name)
      return { ...looked, runs: names.slice(0, mostNames), runCount: names.length, bytes }
    } finally {
      archive.close()
    }
  }
  if (kind === 'tensorboard') {
    const runs = await eventRuns(path)
    const all = runs.reduce((sum, run) => sum + run.bytes, 0)
    return {
      ...looked,
      runs: runs.slice(0, mostNames).map(({ name }) => name),
      runCount: runs.length,
      bytes: all,
    }
  }
  const { columns, rows, reading, reasons } = await lookAtTable(path, form)
  return { ...looked, runs: [], runCount: 0, bytes, table: { columns, rows, reading, reasons } }
}

/** @throws UserError `exchange/unknown`, `exchange/file` */
export async function kindOf(path: string): Promise<{ kind: SourceKind; form: TableForm; bytes: number }> {
  const { isFolder, size } = await stat(path).then(
    (stats) => ({ isFolder: stats.isDirectory(), size: stats.size }),
    (error: unknown) => {
      throw fileError(path, error)
    },
  )
  if (isFolder) {
    if ((await eventRuns(path)).length > 0) return { kind: 'tensorboard', form: 'csv', bytes: size }
    throw new UserError({
      code: 'exchange/unknown',
      what: `There are no event files of TensorBoard in ${path} or below it.`,
      mend: 'Choose a folder of event files, a .tapedeck archive, or a CSV or JSON lines file of metrics.',
    })
  }
  const head = await headOf(path)
  if (head.length >= 4 && head.readUInt32LE(0) === 0x04034b50)
    return { kind: 'archive', form: 'csv', bytes: size }
  if (head.length >= 12 && head.readUInt32LE(8) === maskedCrc32c(head.subarray(0, 8)))
    return { kind: 'tensorboard', form: 'csv', bytes: size }
  if (head.length === 0 || head.includes(0) || path.endsWith('.tapedeck'))
    throw new UserError({
      code: 'exchange/unknown',
      what: `${path} ${head.length === 0 ? 'is empty' : 'is no archive, no event file and no text'}.`,
      mend: 'Choose a .tapedeck archive, a folder of event files, or a CSV or JSON lines file of metrics.',
    })
  const form = /^\ufeff?\s*\{/.test(head.toString('utf8')) ? 'lines' : 'csv'
  return { kind: 'metrics', form, bytes: size }
}

async function headOf(path: string): Promise<Buffer> {
  try {
    const file = await open(path)
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(4096))
      return buffer.subarray(0, bytesRead)
    } finally {
      await file.close()
    }
  } catch (error) {
    throw fileError(path, error)
  }
}
