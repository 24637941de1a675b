/** Labelled texts: a table, a file per class, or a folder per class. */
import { basename, extname } from 'node:path'
import { plainOptions } from '../../common/schemas.ts'
import type { ImportOptions, Reading } from '../../common/schemas.ts'
import { digestNow, Fingerprint, identity } from '../digest.ts'
import { look, naturalOrder } from '../files.ts'
import { createPace } from '../pace.ts'
import type { Pace } from '../pace.ts'
import { Problems } from '../problems.ts'
import { count, refuse } from '../refuse.ts'
import type { Row } from '../split.ts'
import { bagEncoder, tokenEncoder } from '../text/encoders.ts'
import type { TextOptions } from '../text/encoders.ts'
import { findText } from '../text/find.ts'
import { textItems } from '../text/items.ts'
import { TextSurvey } from '../text/survey.ts'
import type { Scan, Source } from './source.ts'

const inspectBytes = 4 << 20
const mostClasses = 1000

async function inspect(path: string): Promise<Reading | null> {
  const found = await findText(path)
  if (!found) return null
  const counts = new Map<string, number>()
  const survey = new TextSurvey()
  const reasons = [...found.reasons]
  const pace = createPace()
  // A folder per class is counted by its names; only some of the texts are opened.
  const whole = found.layout === 'folder-per-class'
  const step = whole ? Math.max(1, Math.floor(found.files.length / 200)) : 1
  const opened = { ...found, files: found.files.filter((_, index) => index % step === 0) }
  if (whole)
    for (const file of found.files) counts.set(file.className!, (counts.get(file.className!) ?? 0) + 1)
  const columns = (chosen: { reason: string }): number => reasons.push(chosen.reason)
  for await (const item of textItems(opened, columns, inspectBytes)) {
    await pace.rest()
    if (item.problem !== null) continue
    survey.add(item.text)
    if (!whole) counts.set(item.className, (counts.get(item.className) ?? 0) + 1)
  }
  checkClasses(counts.size, survey.texts)
  for (const file of found.files)
    if (!whole && (await look(file.path)).size > inspectBytes)
      reasons.push(`${basename(file.path)} is large: counted in its first ${inspectBytes >> 20} MB only.`)
  const { text, said } = survey.propose()
  reasons.push(...said)
  const classes = [...counts].map(([name, items]) => ({ name, count: items }))
  classes.sort((a, b) => naturalOrder(a.name, b.name))
  return {
    path,
    task: 'classify',
    columns: [],
    options: {
      ...plainOptions,
      kind: 'text-classes',
      name: basename(path, (await look(path)).isDirectory() ? '' : extname(path)).slice(0, 120) || 'Texts',
      text,
    },
    reasons,
    classes,
    sampleCount: classes.reduce((sum, entry) => sum + entry.count, 0),
    givenSplit: found.files.some((file) => file.split !== null),
  }
}

async function scan(path: string, options: ImportOptions, pace: Pace): Promise<Scan> {
  const { text: wanted } = options
  if (!wanted)
    refuse('options', 'Nothing was chosen about the texts.', 'Choose a tokenizer and a vocabulary.')
  const found = await findText(path)
  if (!found)
    refuse(
      'no-text',
      `${path} holds no labelled texts.`,
      'Choose a .tsv or .csv of labels and texts, or a folder with one .txt file, or one folder of .txt files, per class.',
    )
  const problems = new Problems()
  for (const folder of found.unreadable) problems.add(folder, 'this folder may not be read')
  const texts: string[] = []
  const rows: Row[] = []
  const classOf = new Map<string, number>() // in the order met; numbered naturally below
  const fingerprint = new Fingerprint().add('text-classes').add(storedBy(wanted))
  for await (const item of textItems(found)) {
    await pace.rest()
    if (item.problem !== null) {
      problems.add(item.where, item.problem)
      continue
    }
    if (!classOf.has(item.className)) classOf.set(item.className, classOf.size)
    const itemDigest = digestNow(item.text)
    rows.push({ classIndex: classOf.get(item.className)!, ...identity(itemDigest), split: item.split })
    texts.push(item.text)
    fingerprint.add(`${item.split ?? ''}/${item.className}`).add(itemDigest)
    pace.report(texts.length, 0, 'Reading texts')
  }
  if (rows.length === 0)
    refuse(
      'nothing-readable',
      `${path} has no text that can be used${problems.listed[0] ? `: ${problems.listed[0].reason}` : ''}.`,
      'Check the file: every row needs a label and a text in UTF-8.',
    )
  checkClasses(classOf.size, rows.length)
  const classNames = [...classOf.keys()].sort(naturalOrder)
  const renumbered = [...classOf.keys()].map((name) => classNames.indexOf(name))
  for (const row of rows) row.classIndex = renumbered[row.classIndex]!

  const encoder = wanted.representation === 'tokens' ? tokenEncoder : bagEncoder
  return {
    task: 'classify',
    classNames,
    rows,
    fingerprint: fingerprint.hex(),
    problems,
    encoder: (order, encoderPace) => encoder(texts, wanted, order, encoderPace),
  }
}

/** What of the options changes the stored bytes; plain bags keep the form that they have always had. */
function storedBy({ representation, ...options }: TextOptions): string {
  const { vocabularySize, minimumFrequency } = options
  if (representation === 'tokens') return JSON.stringify(options)
  return minimumFrequency === 1 ? String(vocabularySize) : `${vocabularySize}, ${minimumFrequency}`
}

/** @throws UserError `data/too-many-classes` when the labels are no classes but, say, numbers or names. */
function checkClasses(classes: number, items: number): void {
  if (classes <= mostClasses && (classes <= 2 || classes <= items / 2)) return
  refuse(
    'too-many-classes',
    `The label has ${count(classes, 'different value')} in ${count(items, 'row')}: too many to be classes.`,
    'Check that the label is in a column of its own; with more than two columns, name them "label" and "text" in the first row.',
  )
}

export const textClasses: Source = { inspect, scan }
