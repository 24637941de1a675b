/** Reads labelled texts once: what importing and surveying begin with. */
import type { ImportOptions } from '../../common/data/options.ts'
import { digestNow, identity } from '../digest.ts'
import type { Fingerprint } from '../digest.ts'
import type { Pace } from '../pace.ts'
import { Problems } from '../problems.ts'
import { count, refuse } from '../refuse.ts'
import type { Row } from '../split.ts'
import { naturalOrder } from '../files.ts'
import { findText } from './find.ts'
import type { TextFiles } from './find.ts'
import { placeOf, textItems } from './items.ts'
import { TextStore } from './store.ts'

export interface TextScan {
  texts: TextStore
  rows: Row[]
  /** In natural order. */
  classNames: string[]
  problems: Problems
  /** Over all contents, in their order. */
  fingerprint: Fingerprint
  /** Whether all was read, or only the beginning. */
  whole: boolean
}

const mostClasses = 1000

/** @throws UserError `data/no-text` */
export async function labelledText(path: string): Promise<TextFiles> {
  const found = await findText(path)
  if (found) return found
  return refuse(
    'no-text',
    `${path} holds no labelled texts.`,
    'Choose a .tsv, .csv, .jsonl or .parquet file of labels and texts, or a folder with one .txt file, or one folder of .txt files, per class.',
  )
}

/**
 * @param most texts and bytes of text to read
 * @throws UserError `data/no-text`, `data/nothing-readable`, `data/too-many-classes`, and those of `textItems`
 */
export async function scanTexts(
  path: string,
  chosen: Pick<ImportOptions, 'columns' | 'split'>,
  begin: Fingerprint,
  pace: Pace,
  most = { texts: Infinity, bytes: Infinity },
): Promise<TextScan> {
  const found = await labelledText(path)
  const problems = new Problems()
  for (const { path: place, reason } of found.unreadable) problems.add(place, reason)
  const texts = new TextStore()
  const rows: Row[] = []
  const classOf = new Map<string, number>() // in the order met; numbered naturally below
  let whole = true
  for await (const item of textItems(found, { chosen })) {
    await pace.rest()
    if (texts.length >= most.texts || texts.totalBytes >= most.bytes) {
      whole = false
      break
    }
    if (item.problem !== null) {
      problems.add(placeOf(item), item.problem)
      continue
    }
    const { className, split, group, text } = item
    if (!classOf.has(className)) classOf.set(className, classOf.size)
    const digest = digestNow(text)
    rows.push({
      classIndex: classOf.get(className)!,
      ...identity(digest),
      split,
      ...(group !== null && { group }),
    })
    texts.add(text)
    begin.add(`${split ?? ''}/${className}`).add(digest)
    pace.report(texts.length, 0, 'Reading texts')
  }
  if (rows.length === 0)
    refuse(
      'nothing-readable',
      `${path} has no text that can be used${problems.listed[0] ? `: ${problems.listed[0].reason}` : ''}.`,
      'Check the file: every row needs a label and a text in UTF-8.',
    )
  const classNames = [...classOf.keys()].sort(naturalOrder)
  const renumbered = [...classOf.keys()].map((name) => classNames.indexOf(name))
  const sides = new Set<Row['split']>()
  for (const row of rows) {
    await pace.rest()
    row.classIndex = renumbered[row.classIndex]!
    sides.add(row.split)
  }
  if (!sides.has('validation') && !sides.has(null)) await serveTest(rows, sides.has('test'), pace)
  return { texts, rows, classNames, problems, fingerprint: begin, whole }
}

/** A test part serves as validation where there is no other; training alone is no split. */
async function serveTest(rows: readonly Row[], test: boolean, pace: Pace): Promise<void> {
  for (const row of rows) {
    await pace.rest()
    if (!test) row.split = null
    else if (row.split === 'test') row.split = 'validation'
  }
}

/** @throws UserError `data/too-many-classes` when the labels are no classes but, say, numbers or names. */
export function checkClasses(classes: number, items: number): void {
  if (classes <= mostClasses && (classes <= 2 || classes <= items / 2)) return
  refuse(
    'too-many-classes',
    `The label has ${count(classes, 'different value')} in ${count(items, 'row')}: too many to be classes.`,
    'Choose the column with the label, or name the columns "label" and "text" in the first row.',
  )
}
