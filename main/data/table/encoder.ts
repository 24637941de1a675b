/** Rows of features from the columns of a table. */
import type { Dataset } from '../../common/data/dataset.ts'
import type { Pace } from '../pace.ts'
import { count, refuse, someOf } from '../refuse.ts'
import type { Encoded, Encoder } from '../sources/source.ts'
import type { Order } from '../split.ts'
import type { Cells } from './cells.ts'
import type { Column } from './columns.ts'
import { codesOf } from './features.ts'
import { featureOf, fitColumn, moments } from './fit.ts'
import type { Feature } from './fit.ts'
import type { Plan, TableOptions } from './plan.ts'
import type { Fitted } from '../single/preparation.ts'

/** @throws UserError `data/table-features`, `data/table-target` */
export async function tableEncoder(
  plan: Plan,
  wanted: TableOptions,
  rows: number,
  order: Order,
  pace: Pace,
): Promise<Encoder> {
  const { target } = plan
  const features: Feature[] = []
  const shown: Cells[] = []
  const constant = [...plan.constant]
  for (const cells of plan.cells) {
    if (!cells || cells === target) continue
    const feature = await fitColumn(cells, order.train, wanted, pace)
    if (feature) features.push(feature)
    else constant.push(cells.name)
    shown.push(cells)
  }
  const width = features.reduce((sum, feature) => sum + feature.width, 0)
  if (width === 0)
    refuse(
      'table-features',
      'No column of the training rows varies, so there is nothing to learn from.',
      'Add rows, or choose other columns.',
    )
  const targets = wanted.task === 'regress' ? [await targetOf(target, order.train, pace)] : []
  return {
    ...encoderOf({ target, shown, features, targets, rows }),
    constantColumns: constant,
    notes: () => [
      `${count(width, 'feature')} of ${count(features.length, 'column')}.`,
      ...scalingNotes(features, wanted),
      ...constant.map((name) => `"${name}" is left out: always the same in training.`),
      ...features.flatMap(({ note }) => note ?? []),
    ],
  }
}

/** Rows as a training had its own: categories that it did not meet are its unknown one. */
export function fittedEncoder(plan: Plan, rows: number, { preparation, dataset }: Fitted): Promise<Encoder> {
  const { target } = plan
  const byName = new Map(plan.cells.flatMap((cells) => (cells ? [[cells.name, cells] as const] : [])))
  const found = (preparation.columns ?? []).map((column) => ({ column, cells: byName.get(column.name)! }))
  return Promise.resolve({
    ...encoderOf({
      target,
      shown: found.map(({ cells }) => cells),
      features: found.map(({ column, cells }) => featureOf(column, cells)),
      targets: dataset.targets,
      rows,
    }),
    notes: () => found.flatMap(({ column, cells }) => strangersIn(column, cells)),
  })
}

/** What a training knows nothing of, in a sentence. */
function strangersIn(column: Column, cells: Cells): string[] {
  if (column.kind === 'number') return []
  const known = new Set(column.categories)
  let times = 0
  const met = new Set<number>()
  for (let row = 0; row < cells.length; row += 1) {
    const value = cells.at(row)
    if (value < 0 || known.has(cells.texts[value]!)) continue
    times += 1
    met.add(value)
  }
  if (times === 0) return []
  const names = [...met].map((value) => `"${cells.texts[value]!.slice(0, 40)}"`)
  const rows = count(times, 'row has a category', 'rows have categories')
  return [`"${column.name}": ${rows} that training did not meet, taken as unknown: ${someOf(names, 5)}.`]
}

interface Encoding {
  target: Cells
  /** What the preview says of a row. */
  shown: readonly Cells[]
  features: readonly Omit<Feature, 'note'>[]
  targets: Dataset['targets']
  rows: number
}

function encoderOf({ target, shown, features, targets, rows }: Encoding): Omit<Encoder, 'notes'> {
  const columns = features.map(({ column }) => column)
  const width = features.reduce((sum, feature) => sum + feature.width, 0)
  const describe = (row: number): string =>
    `${shown.map((cells) => `${cells.name} ${cells.show(row)}`).join(' · ')} → ${target.show(row)}`
  function encodeRow(row: number): Encoded {
    const values = new Float32Array(width)
    let at = 0
    for (const feature of features) {
      feature.write(row, values, at)
      at += feature.width
    }
    const [predicted] = targets
    return {
      row,
      input: new Uint8Array(values.buffer),
      ...(predicted && { targets: Float32Array.of((target.at(row) - predicted.mean) / predicted.std) }),
      item: describe(row),
      problem: null,
    }
  }
  const codes = codesOf(columns)
  return {
    sampleShape: [width],
    storedDtype: 'float32',
    bytes: 4 * width * rows,

    async *encode(asked) {
      for (const row of asked) yield encodeRow(row)
    },
    note: 'Encoding rows',
    sizes: new Map(),
    columns,
    ...(codes && { codes }),
    targets,
    vocabulary: null,
  }
}

async function targetOf(
  target: Cells,
  train: readonly number[],
  pace: Pace,
): Promise<Dataset['targets'][number]> {
  const { mean, std } = await moments(target, train, pace)
  if (!(std > 0))
    refuse(
      'table-target',
      `"${target.name}" is always ${mean} in the training rows.`,
      'Choose another column to predict.',
    )
  return { name: target.name, mean, std }
}

function scalingNotes(features: readonly Feature[], { scaling, categories }: TableOptions): string[] {
  const has = (kind: 'number' | 'category'): boolean => features.some(({ column }) => column.kind === kind)
  return [
    ...(has('number') && scaling === 'quantile'
      ? ['Numbers are spread as a normal distribution by where they stand among those of training.']
      : []),
    ...(has('number') && scaling === 'none' ? ['Numbers are taken as they are.'] : []),
    ...(has('category') && categories === 'codes'
      ? ['Categories are numbers from 1, unknown ones 0: begin the model with a Table embedding.']
      : []),
  ]
}
