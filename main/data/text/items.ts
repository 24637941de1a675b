/** Labelled texts from any of the layouts, one by one. */
import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { createInterface } from 'node:readline'
import type { Split } from '../../common/schemas.ts'
import { decodeLimit, inOrder } from '../parallel.ts'
import { refuseFileError } from '../refuse.ts'
import type { Columns } from './columns.ts'
import { checkEncoding, replacement } from './encoding.ts'
import type { TextFile, TextFiles } from './find.ts'
import { readTable } from './table.ts'

/** One item may be a book, but not a library. */
const mostFileBytes = 4 << 20

export interface TextItem {
  className: string
  text: string
  split: Split | null
  /** The file, or the file and row, for a list of problems. */
  where: string
  /** Why it must be set aside; null when it can be used. */
  problem: string | null
}

/**
 * @param bytes to read of each table or list of lines
 * @throws UserError `data/encoding`, `data/table-...`, `data/unreadable`
 */
export async function* textItems(
  found: TextFiles,
  onColumns: (columns: Columns) => void = () => undefined,
  bytes = Infinity,
): AsyncGenerator<TextItem> {
  if (found.layout === 'folder-per-class') {
    yield* inOrder(found.files, decodeLimit, readWhole)
    return
  }
  for (const file of found.files) {
    if (found.layout === 'table') {
      for await (const row of readTable(file.path, onColumns, bytes))
        yield checked({
          ...file,
          className: row.label,
          text: row.text,
          where: `${file.path}:${row.number}`,
          problem: row.problem,
        })
    } else {
      yield* readLines(file, bytes)
    }
  }
}

async function* readLines(file: TextFile, bytes: number): AsyncGenerator<TextItem> {
  await checkEncoding(file.path)
  const input = createReadStream(file.path, {
    encoding: 'utf8',
    end: bytes === Infinity ? undefined : bytes - 1,
  })
  let number = 0
  try {
    for await (const line of createInterface({ input, crlfDelay: Infinity })) {
      number += 1
      const text = line.replace(/^\ufeff/, '').trim()
      if (text === '') continue // blank lines only separate
      yield checked({
        className: file.className!,
        text,
        split: file.split,
        where: `${file.path}:${number}`,
        problem: null,
      })
    }
  } catch (error) {
    refuseFileError(error, file.path)
  } finally {
    input.destroy()
  }
}

async function readWhole(file: TextFile): Promise<TextItem> {
  const item = { className: file.className!, split: file.split, where: file.path, text: '' }
  const bytes = await readFile(file.path).catch(() => null)
  if (!bytes) return { ...item, problem: 'cannot be read' }
  if (bytes.length > mostFileBytes) return { ...item, problem: `longer than ${mostFileBytes >> 20} MB` }
  if (bytes.includes(0)) return { ...item, problem: 'not a text: it has zero bytes' }
  const text = bytes
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .trim()
  return checked({ ...item, text, problem: text === '' ? 'the text is empty' : null })
}

function checked(item: TextItem): TextItem {
  if (item.problem === null && item.text.includes(replacement))
    return { ...item, problem: `not UTF-8 (in ${basename(item.where)})` }
  return item
}
