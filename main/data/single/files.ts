/** What lies at a path, sample by sample, to be predicted. */
import { relative, sep } from 'node:path'
import { readFile } from 'node:fs/promises'
import type { InputKind } from '../../common/predict/subject.ts'
import { absolutePath, extension, look, Tree } from '../files.ts'
import { isImageExtension } from '../images/formats.ts'
import { readWhole, reasonOf } from '../images/read.ts'
import { openRecords, recordsFormat } from '../records/index.ts'
import { refuse, someOf } from '../refuse.ts'
import type { Raw } from './index.ts'

export interface RawItem {
  /** The file below the path, or the row of the file. */
  item: string
  raw: Raw | null
  /** Why there is nothing to predict. */
  problem: string | null
}

export interface RawSource {
  /** 0 where it is not known. */
  total: number
  items(): AsyncGenerator<RawItem>
}

const mostTextBytes = 4 << 20

/**
 * @param column of a table of texts: the one with the text; null for the first of `usual`, or the only one
 * @param features of a table of rows: columns that must be there
 * @throws UserError `data/missing`, `data/nothing-to-predict`, `data/unknown-column`, and as `openRecords` does
 */
export async function rawSource(
  path: string,
  kind: InputKind['kind'],
  {
    column,
    usual,
    features,
  }: { column: string | null; usual: readonly string[]; features: readonly string[] },
): Promise<RawSource> {
  const root = absolutePath(path)
  const folder = (await look(root)).isDirectory()
  if (kind === 'row' || (kind === 'text' && !folder && recordsFormat(root) !== null))
    return ofRecords(root, folder, kind, { column, usual, features })
  const wanted = (name: string): boolean =>
    kind === 'image' ? isImageExtension(extension(name)) : ['.txt', '.md', '.text'].includes(extension(name))
  const paths = folder ? await filesIn(root, wanted) : [root]
  if (paths.length === 0)
    refuse(
      'nothing-to-predict',
      `There is no ${kind === 'image' ? 'image' : 'text file'} in ${root}.`,
      kind === 'image' ? 'Choose a folder with images.' : 'Choose a folder with .txt files, or a CSV.',
    )
  return {
    total: paths.length,
    async *items() {
      for (const file of paths) {
        const item = folder ? relative(root, file).split(sep).join('/') : file
        try {
          const raw: Raw =
            kind === 'image'
              ? { kind, bytes: await readWhole(file) }
              : { kind: 'text', text: await readText(file) }
          yield { item, raw, problem: null }
        } catch (error) {
          yield { item, raw: null, problem: reasonOf(error) }
        }
      }
    },
  }
}

async function filesIn(root: string, wanted: (name: string) => boolean): Promise<string[]> {
  const paths: string[] = []
  for await (const { name, path } of new Tree(root, () => undefined).files(root, new Set()))
    if (wanted(name)) paths.push(path)
  return paths
}

async function readText(path: string): Promise<string> {
  const { size } = await look(path)
  if (size > mostTextBytes) throw new Error(`longer than ${mostTextBytes >> 20} MB`)
  return readFile(path, 'utf8')
}

async function ofRecords(
  root: string,
  folder: boolean,
  kind: 'text' | 'row',
  {
    column,
    usual,
    features,
  }: { column: string | null; usual: readonly string[]; features: readonly string[] },
): Promise<RawSource> {
  if (folder)
    refuse('nothing-to-predict', `${root} is a folder.`, 'Choose a CSV, TSV, JSON lines or Parquet file.')
  const records = await openRecords(root)
  const { columns } = records
  const find = (name: string): number => {
    const at = columns.indexOf(name)
    if (at >= 0) return at
    return refuse(
      'unknown-column',
      `There is no column "${name}".`,
      kind === 'text'
        ? `Name the one with the text: ${someOf(columns, 10)}.`
        : `It has ${someOf(columns, 10)}.`,
    )
  }
  const only = columns.length === 1 ? columns[0] : undefined
  const text = column ?? usual.find((name) => columns.includes(name)) ?? only ?? usual[0] ?? 'text'
  const textAt = kind === 'text' ? find(text) : -1
  const places = kind === 'row' ? features.map((name) => [name, find(name)] as const) : []
  return {
    total: records.exact ? records.approximateRows : 0,
    async *items() {
      for await (const { number, cells, problem } of records.rows()) {
        const item = `row ${number}`
        if (problem !== null) yield { item, raw: null, problem }
        else if (kind === 'text') {
          const text = cells[textAt]
          if (text === null || text === undefined) yield { item, raw: null, problem: 'the text is missing' }
          else yield { item, raw: { kind, text }, problem: null }
        } else
          yield {
            item,
            raw: { kind, cells: Object.fromEntries(places.map(([name, at]) => [name, cells[at] ?? null])) },
            problem: null,
          }
      }
    },
  }
}
