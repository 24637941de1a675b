/** Other data written as a training had its own: nothing is fitted to them, and no data set comes of it. */
import type { Part } from '../common/data/dataset.ts'
import type { ImportOptions } from '../common/data/options.ts'
import { sharesOf } from './identity.ts'
import type { Made } from './import.ts'
import type { Pace } from './pace.ts'
import { recordOf } from './record.ts'
import { count, refuse, someOf } from './refuse.ts'
import type { Fitted } from './single/preparation.ts'
import { sources } from './sources/all.ts'
import type { Scan } from './sources/source.ts'
import { orderRows } from './split.ts'
import { checkSpace, writeRows } from './writeRows.ts'

export interface ReadAs {
  fitted: Fitted
  /** Which samples are written, as an import with the same options divides them. */
  part: Part
}

interface WriteAs {
  root: string
  options: ImportOptions
  temporary: string
  as: ReadAs
}

/**
 * Its rows are the validation part of the record, and `notes` say what had to be left out.
 * @throws UserError `data/other-classes`, `data/empty-part`, and as an import does of a source that cannot be read
 */
export async function writeAs(
  { root, options, temporary, as: { fitted, part } }: WriteAs,
  pace: Pace,
): Promise<Made> {
  const scan = await sources[options.kind].scan(root, options, pace, fitted)
  const wanted =
    part === 'all' ? [...scan.rows.keys()] : (await orderRows(scan.rows, sharesOf(scan, options), pace))[part]
  if (wanted.length === 0)
    refuse('empty-part', `${root} has no ${part} samples.`, 'Choose another part of it, or all.')
  const { rows, notes } = await knownOf(wanted, scan, fitted, root, pace)
  const order = { train: [], validation: rows, test: [], notes: [] }
  const encoder = await scan.encoder(order, pace)
  await checkSpace(temporary, encoder, rows.length)
  const { dataset } = fitted
  const named = { ...scan, classNames: dataset.classes.map(({ name }) => name) }
  const { totals } = await writeRows(
    temporary,
    { scan: named, order, encoder, options, checked: false },
    pace,
  )
  const { mean, std, channels } = dataset
  const record = recordOf({
    id: '',
    root,
    options,
    source: undefined,
    scan: named,
    order,
    encoder,
    totals: { ...totals, mean, std, channels },
  })
  const said = [...notes, ...asideOf(scan), ...encoder.notes()]
  return { record: { ...record, notes: said }, standing: false, source: undefined }
}

function asideOf({ problems: { samples, firstSample } }: Scan): string[] {
  if (!firstSample) return []
  const first = `the first: ${firstSample.path}, ${firstSample.reason}`
  return [
    `${count(samples, 'sample cannot', 'samples cannot')} be used, and ${samples === 1 ? 'is' : 'are'} left out; ${first}.`,
  ]
}

/** Rows of classes that the training knows, with its numbers. @throws UserError `data/other-classes` */
async function knownOf(
  wanted: readonly number[],
  { task, classNames, rows }: Scan,
  { dataset }: Fitted,
  root: string,
  pace: Pace,
): Promise<{ rows: number[]; notes: string[] }> {
  if (task !== 'classify') return { rows: [...wanted], notes: [] }
  const numbers = new Map(dataset.classes.map(({ name }, at) => [name, at]))
  const known: number[] = []
  const strangers = new Map<string, number>()
  for (const index of wanted) {
    await pace.rest()
    const row = rows[index]!
    const name = classNames[row.classIndex]!
    const number = numbers.get(name)
    if (number === undefined) strangers.set(name, (strangers.get(name) ?? 0) + 1)
    else {
      row.classIndex = number
      known.push(index)
    }
  }
  if (known.length === 0)
    refuse(
      'other-classes',
      `None of the classes in ${root} (${someOf([...strangers.keys()], 5)}) is one that the network knows (${someOf([...numbers.keys()], 5)}).`,
      'Name them as in training.',
    )
  if (strangers.size === 0) return { rows: known, notes: [] }
  const left = wanted.length - known.length
  return {
    rows: known,
    notes: [
      `${count(left, 'sample')} of ${count(strangers.size, 'class', 'classes')} that the network does not know (${someOf([...strangers.keys()], 5)}) ${left === 1 ? 'is' : 'are'} left out.`,
    ],
  }
}
