/** Labelled texts from any of the layouts, one by one. */
import { isUtf8 } from 'node:buffer'
import { readFile } from 'node:fs/promises'
import type { ImportOptions } from '../../common/data/options.ts'
import type { Split } from '../../common/data/dataset.ts'
import { decodeLimit, inOrder } from '../parallel.ts'
import { encodingOf, linesOf } from '../records/index.ts'
import type { RecordsOptions } from '../records/index.ts'
import type { TextFile, TextFiles } from './find.ts'
import { openTable } from './table.ts'
import type { TextTable } from './table.ts'

/** One item may be a book, but not a library. */
const mostFileBytes = 4 << 20

export interface TextItem {
  className: string
  text: string
  split: Split | null
  group: string | null
  file: string
  /** Row or line of the file; null where the file is one item. */
  number: number | null
  /** Why it must be set aside; null when it can be used. */
  problem: string | null
}

/** For a list of problems. */
export const placeOf = ({ file, number }: Pick<TextItem, 'file' | 'number'>): string =>
  number === null ? file : `${file}:${number}`

export interface ItemsOptions {
  /** As a person chose; null to guess. */
  chosen?: Pick<ImportOptions, 'columns' | 'split'> | null
  /** Of each table or list of lines. */
  limits?: Pick<RecordsOptions, 'bytes' | 'rows'>
  onTable?: (table: TextTable) => void
}

/** @throws UserError as `openTable`; `data/encoding`, `data/unreadable` */
export async function* textItems(
  found: TextFiles,
  { chosen = null, limits = {}, onTable }: ItemsOptions = {},
): AsyncGenerator<TextItem> {
  if (found.layout === 'folder-per-class') {
    yield* inOrder(found.files, decodeLimit, readWhole)
    return
  }
  for (const file of found.files) {
    if (found.layout === 'file-per-class') {
      yield* readLines(file, limits.bytes)
      continue
    }
    const table = await openTable(file.path, chosen, limits)
    onTable?.(table)
    for await (const { label, text, split, group, number, problem } of table.rows())
      yield { className: label, text, split: split ?? file.split, group, file: file.path, number, problem }
  }
}

async function* readLines(file: TextFile, bytes = Infinity): AsyncGenerator<TextItem> {
  for await (const { number, text: line, problem } of linesOf(
    file.path,
    await encodingOf(file.path),
    bytes,
  )) {
    const text = line.trim()
    if (text === '' && problem === null) continue // blank lines only separate
    yield {
      className: file.className!,
      text,
      split: file.split,
      group: null,
      file: file.path,
      number,
      problem,
    }
  }
}

async function readWhole(file: TextFile): Promise<TextItem> {
  const item = {
    className: file.className!,
    split: file.split,
    group: null,
    file: file.path,
    number: null,
    text: '',
  }
  const bytes = await readFile(file.path).catch(() => null)
  if (!bytes) return { ...item, problem: 'cannot be read' }
  if (bytes.length > mostFileBytes) return { ...item, problem: `longer than ${mostFileBytes >> 20} MB` }
  const marked = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : null
  if (!marked && bytes.includes(0)) return { ...item, problem: 'not a text: it has zero bytes' }
  if (!marked && !isUtf8(bytes)) return { ...item, problem: 'not UTF-8' }
  const text = new TextDecoder(marked ?? 'utf-8').decode(bytes).trim()
  return { ...item, text, problem: text === '' ? 'the text is empty' : null }
}
