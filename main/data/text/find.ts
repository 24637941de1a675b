/** The three layouts of labelled text: a table, a file per class, a folder per class. */
import { basename, extname } from 'node:path'
import type { Problem, Split } from '../../common/data/dataset.ts'
import { extension, firstBytes, listFolder, look, naturalOrder, Tree } from '../files.ts'
import type { Entry } from '../files.ts'
import { recordsFormat } from '../records/index.ts'
import { refuse, someOf } from '../refuse.ts'
import { findParts } from '../sources/parts.ts'
import { partNamed } from '../partWords.ts'

export interface TextFile {
  path: string
  /** Null for a table, whose rows have their own labels. */
  className: string | null
  split: Split | null
}

export interface TextFiles {
  layout: 'table' | 'file-per-class' | 'folder-per-class'
  files: TextFile[]
  /** What may not be read, and why. */
  unreadable: Problem[]
  reasons: string[]
}

const notAClass = /^(readme|licen[cs]e|notes?|index|requirements)\b/i

/** Finds which layout a path has; null when it has none of them. @throws UserError `data/several-tables` */
export async function findText(path: string): Promise<TextFiles | null> {
  if (!(await look(path)).isDirectory()) {
    if (recordsFormat(path) === null && !(await looksTabbed(path))) return null
    return table(path)
  }
  const entries = await listFolder(path)
  const tables = entries.filter((entry) => !entry.folder && recordsFormat(entry.name) !== null)
  if (tables.length === 1) return table(tables[0]!.path)
  if (tables.length > 1) return partTables(path, tables)
  const texts = entries.filter(
    (entry) => !entry.folder && extension(entry.name) === '.txt' && !notAClass.test(entry.name),
  )
  if (texts.length > 1)
    return {
      layout: 'file-per-class',
      files: texts
        .sort((a, b) => naturalOrder(a.name, b.name))
        .map((entry) => ({
          path: entry.path,
          className: basename(entry.name, extname(entry.name)),
          split: null,
        })),
      unreadable: [],
      reasons: [`${texts.length} text files, one per class, with an item on each line.`],
    }
  return folders(path)
}

function table(path: string): TextFiles {
  const files = [{ path, className: null, split: null }]
  return {
    layout: 'table',
    files,
    unreadable: [],
    reasons: [`${basename(path)} is a table of labels and texts.`],
  }
}

/** Tables named after the parts of a split: `train.csv` and `test.csv`, `train-00000-of-00002.parquet`. */
function partTables(path: string, tables: readonly Entry[]): TextFiles {
  const parts = tables.map(({ name, path: file }) => ({
    path: file,
    className: null,
    split: partNamed(/^[a-z]+/i.exec(name)?.[0] ?? ''),
  }))
  const sides = new Set(parts.map(({ split }) => split))
  if (sides.has(null) || !sides.has('train') || sides.size < 2)
    refuse(
      'several-tables',
      `${path} holds ${tables.length} tables: ${someOf(tables.map((entry) => entry.name))}.`,
      'Choose one of the files, or name them train, validation and test.',
    )
  return {
    layout: 'table',
    files: parts,
    unreadable: [],
    reasons: [
      `${tables.length} tables, named after the parts they are: ${someOf(tables.map(({ name }) => name))}.`,
    ],
  }
}

async function folders(path: string): Promise<TextFiles | null> {
  const { parts, reasons } = findParts(path, await listFolder(path))
  const files: TextFile[] = []
  const unreadable: Problem[] = []
  const tree = new Tree(path, (denied, reason) => unreadable.push({ path: denied, reason }))
  for (const part of parts) {
    const visited = new Set<string>()
    for (const folder of (await listFolder(part.folder)).filter((entry) => entry.folder))
      for await (const file of tree.files(folder.path, visited))
        if (extension(file.name) === '.txt')
          files.push({ path: file.path, className: folder.name, split: part.split })
  }
  if (files.length === 0) return null
  const classes = new Set(files.map((file) => file.className)).size
  const found = `${classes} folders with text files, one folder per class, one item per file.`
  return { layout: 'folder-per-class', files, unreadable, reasons: [found, ...reasons] }
}

/** A file without a telling extension whose first lines all have exactly one tab. */
async function looksTabbed(path: string): Promise<boolean> {
  if (!['', '.txt', '.data'].includes(extension(path))) return false
  const lines = (await firstBytes(path, 4096)).toString('utf8').split('\n').slice(0, -1)
  return lines.length > 1 && lines.every((line) => line.split('\t').length === 2)
}
