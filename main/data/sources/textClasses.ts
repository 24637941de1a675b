/** Labelled texts: a table, a file per class, or a folder per class. */
import { basename, extname } from 'node:path'
import { plainOptions } from '../../common/data/options.ts'
import type { ImportOptions } from '../../common/data/options.ts'
import type { Reading } from '../../common/data/guess.ts'
import { Fingerprint } from '../digest.ts'
import { look, naturalOrder } from '../files.ts'
import { createPace } from '../pace.ts'
import type { Pace } from '../pace.ts'
import { figure, refuse } from '../refuse.ts'
import { bagEncoder, tokenEncoder } from '../text/encoders.ts'
import { findText } from '../text/find.ts'
import { textItems } from '../text/items.ts'
import { givenFile } from '../text/prepare.ts'
import { checkClasses, scanTexts } from '../text/scan.ts'
import { TextLook } from '../text/look.ts'
import type { TextTable } from '../text/table.ts'
import type { TextOptions } from '../text/tokenizers.ts'
import type { Fitted } from '../single/preparation.ts'
import type { Scan, Source } from './source.ts'

/** What is looked at before anything is imported. */
const limits = { bytes: 4 << 20, rows: 20_000 }

async function inspect(path: string): Promise<Reading | null> {
  const found = await findText(path)
  if (!found) return null
  const counts = new Map<string, number>()
  const looked = new TextLook()
  const reasons = [...found.reasons]
  const pace = createPace()
  // A folder per class is counted by its names; only some of the texts are opened.
  const whole = found.layout === 'folder-per-class'
  const step = whole ? Math.max(1, Math.floor(found.files.length / 200)) : 1
  const opened = { ...found, files: found.files.filter((_, index) => index % step === 0) }
  if (whole)
    for (const file of found.files) counts.set(file.className!, (counts.get(file.className!) ?? 0) + 1)
  const tables: TextTable[] = []
  let rows = 0
  let usable = 0
  for await (const item of textItems(opened, { limits, onTable: (table) => tables.push(table) })) {
    await pace.rest()
    rows += 1
    if (item.problem !== null) continue
    usable += 1
    looked.add(item.text)
    if (!whole) counts.set(item.className, (counts.get(item.className) ?? 0) + 1)
  }
  checkClasses(counts.size, usable)
  const [table] = tables
  reasons.push(...(table ? [...table.records.reasons, ...table.columns.reasons] : []))
  const classes = [...counts].map(([name, items]) => ({ name, count: items }))
  classes.sort((a, b) => naturalOrder(a.name, b.name))
  let sampleCount = classes.reduce((sum, entry) => sum + entry.count, 0)
  const expected = tables.reduce((sum, { records }) => sum + records.approximateRows, 0)
  if (table && expected > rows * 1.01) {
    reasons.push(
      `About ${figure(Math.round(expected))} rows; the classes are counted in the first ${figure(rows)} only.`,
    )
    sampleCount = Math.round(expected)
  } else
    for (const file of found.files)
      if (!whole && !table && (await look(file.path)).size > limits.bytes)
        reasons.push(`${basename(file.path)} is large: counted in its first ${limits.bytes >> 20} MB only.`)
  const { text, said } = looked.propose()
  reasons.push(...said)
  const folder = (await look(path)).isDirectory()
  return {
    path,
    task: 'classify',
    columns: table?.records.columns ?? [],
    headerRow: table?.records.format === 'delimited',
    options: {
      ...plainOptions,
      kind: 'text-classes',
      name: basename(path, folder ? '' : extname(path)).slice(0, 120) || 'Texts',
      columns: table ? chosenBy(table) : null,
      text,
    },
    reasons,
    classes,
    sampleCount,
    givenSplit: found.files.some((file) => file.split !== null) || (table?.columns.split ?? null) !== null,
  }
}

const chosenBy = ({ records, columns }: TextTable): ImportOptions['columns'] => ({
  header: records.header,
  input: records.columns[columns.text]!,
  label: records.columns[columns.label]!,
})

async function scan(path: string, options: ImportOptions, pace: Pace, fitted: Fitted | null): Promise<Scan> {
  const { text: wanted } = options
  if (!wanted)
    refuse('options', 'Nothing was chosen about the texts.', 'Choose a tokenizer and a vocabulary.')
  const begin = new Fingerprint().add('text-classes').add(storedBy(wanted))
  // The file itself decides what is stored, wherever it lies.
  if (!fitted && wanted.representation === 'tokens' && wanted.tokenizer === 'file')
    begin.add(JSON.stringify(await givenFile(wanted)))
  const { texts, rows, classNames, problems, fingerprint } = await scanTexts(path, options, begin, pace)
  if (!fitted) checkClasses(classNames.length, rows.length)
  const encoder = wanted.representation === 'tokens' ? tokenEncoder : bagEncoder
  return {
    task: 'classify',
    classNames,
    rows,
    fingerprint: fingerprint.hex(),
    problems,
    encoder: (order, encoderPace) =>
      encoder(texts, wanted, order, encoderPace, fitted?.preparation.text ?? null),
  }
}

/** What of the options changes the stored bytes; plain bags keep the form that they have always had. */
function storedBy({ representation, tokenizerFile: _, ...options }: TextOptions): string {
  const { vocabularySize, minimumFrequency } = options
  if (representation === 'tokens') return JSON.stringify(options)
  return minimumFrequency === 1 ? String(vocabularySize) : `${vocabularySize}, ${minimumFrequency}`
}

export const textClasses: Source = { inspect, scan }
