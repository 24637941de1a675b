/** A table that names image files and their labels. */
import { stat } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join } from 'node:path'
import type { ImportOptions } from '../../common/data/options.ts'
import { extension, listFolder } from '../files.ts'
import { partNamed } from '../partWords.ts'
import { openRecords } from '../records/index.ts'
import type { Records } from '../records/index.ts'
import { refuse, someOf } from '../refuse.ts'
import { isImageExtension } from './formats.ts'

const labelNames = /^(labels?|class(es|_?name)?|categor(y|ies)|targets?|species|y)$/i
const splitNames = /^(split|set|subset|partition|fold)$/i
export interface ListColumns {
  input: number
  label: number
  /** Names the part of each row; null where no column does. */
  split: number | null
}

/** Share of the cells that must end like image files. */
const mostly = 0.5
const triedFiles = 20
const triedFolders = 50

/** The columns of a table that lists images; null where it does not. */
export function guessColumns({ columns, sample }: Records): ListColumns | null {
  const cellsOf = (index: number): string[] => sample.flatMap((row) => row[index]?.trim() || [])
  const shares = columns.map((_, index) => {
    const cells = cellsOf(index)
    return cells.filter(namesImage).length / Math.max(1, cells.length)
  })
  const input = shares.indexOf(Math.max(...shares))
  if (!(shares[input]! >= mostly)) return null
  const split = splitColumn(columns, sample)
  const others = columns.map((_, index) => index).filter((index) => index !== input && index !== split)
  const distinct = (index: number): number => new Set(cellsOf(index)).size
  const label =
    others.find((index) => labelNames.test(columns[index]!)) ??
    others.filter((index) => distinct(index) > 1).sort((a, b) => distinct(a) - distinct(b) || a - b)[0]
  return label === undefined ? null : { input, label, split }
}

const namesImage = (cell: string): boolean => isImageExtension(extension(cell.trim()))

function splitColumn(columns: readonly string[], sample: Records['sample']): number | null {
  const index = columns.findIndex((name) => splitNames.test(name.trim()))
  const known = sample.filter((row) => partNamed(row[index] ?? '') !== null).length
  return index >= 0 && known >= sample.length / 2 ? index : null
}

/** The columns that a person chose. @throws UserError `data/unknown-column` */
export function chosenColumns(
  { columns, sample }: Records,
  chosen: NonNullable<ImportOptions['columns']>,
): ListColumns {
  const find = (name: string): number => {
    const index = columns.indexOf(name)
    if (index < 0)
      refuse('unknown-column', `There is no column "${name}".`, `Choose among ${someOf(columns, 10)}.`)
    return index
  }
  const [input, label] = [find(chosen.input), find(chosen.label)]
  const split = splitColumn(columns, sample)
  return { input, label, split: split === input || split === label ? null : split }
}

/** Opens a list; a header is found out unless it was chosen. */
export const openList = (path: string, header: boolean | null, bytes = Infinity): Promise<Records> =>
  openRecords(path, { header, bytes })

/**
 * The folder that the paths of a list begin in: the list's own, or the one beside it that has the first of the files.
 * Null where none has any of them.
 */
export async function baseOf(
  list: string,
  { sample }: Records,
  input: number,
): Promise<{ base: string; reasons: string[] } | null> {
  const own = dirname(list)
  const cells = sample.flatMap((row) => row[input]?.trim() || []).slice(0, triedFiles)
  const has = async (folder: string): Promise<boolean> => {
    for (const cell of cells) if (await isFile(resolveIn(folder, cell))) return true
    return false
  }
  if (await has(own)) return { base: own, reasons: [] }
  const folders = (await listFolder(own)).filter((entry) => entry.folder).slice(0, triedFolders)
  for (const { path, name } of folders)
    if (await has(path))
      return { base: path, reasons: [`The paths in ${basename(list)} are inside ${name}/.`] }
  return null
}

/** A path as a list has it, whatever system it was written on. */
export function resolveIn(base: string, cell: string): string {
  const path = process.platform === 'win32' ? cell : cell.replaceAll('\\', '/')
  return isAbsolute(path) ? path : join(base, path)
}

const isFile = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => null))?.isFile() === true
