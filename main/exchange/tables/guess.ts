/** Which columns of a table mean what, from their names and some rows. Pure. */
import type { TableReading } from '../../common/exchange/exchange.ts'
import { isMissing, numberIn, timeIn, type Cell } from './cell.ts'

/** Names as programs write them, without case and signs; the first that is there counts. */
const names = {
  step: ['step', 'globalstep', 'trainerglobalstep', 'iteration', 'iter', 'steps', 'update', 'batch'],
  epoch: ['epoch', 'epochs', 'trainerepoch'],
  time: [
    'walltime',
    'timestamp',
    'time',
    'datetime',
    'date',
    'relativetime',
    'elapsed',
    'seconds',
    'runtime',
  ],
  run: ['run', 'runid', 'runname', 'experiment', 'trial', 'model', 'name'],
  metric: ['metric', 'tag', 'metricname', 'key', 'variable', 'measure', 'name'],
  value: ['value', 'metricvalue', 'val'],
} as const

const plain = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '')

interface Guess {
  reading: TableReading
  reasons: string[]
}

/** @param sample the cells of some rows, in the order of the columns */
export function guessReading(
  columns: readonly string[],
  sample: readonly (readonly (Cell | undefined)[])[],
): Guess {
  const cells = new Map(
    columns.map((name, i) => [name, sample.map((row) => row[i]).filter((cell) => !isMissing(cell))]),
  )
  const taken = new Set<string>()
  /** The first column of such a name whose cells are fit. */
  const find = (
    role: keyof typeof names,
    fit: (cells: readonly (Cell | undefined)[]) => boolean,
  ): string | null => {
    for (const known of names[role]) {
      const found = columns.find(
        (name) => plain(name) === known && !taken.has(name) && fit(cells.get(name) ?? []),
      )
      if (found === undefined) continue
      taken.add(found)
      return found
    }
    return null
  }

  const value = find('value', isNumeric)
  const metric = value === null ? null : find('metric', isText)
  // A column called value without one that names metrics is a metric itself.
  if (value !== null && metric === null) taken.delete(value)
  const epoch = find('epoch', isNumeric)
  const step = find('step', isWhole) ?? (epoch !== null && isWhole(cells.get(epoch) ?? []) ? epoch : null)
  const time = find('time', (all) => mostly(all, (cell) => timeIn(cell) !== null))
  const run = find('run', (all) => all.length > 0)
  const long = metric !== null
  const metrics = long ? [] : columns.filter((name) => !taken.has(name) && isNumeric(cells.get(name) ?? []))
  const reading = { step, epoch, time, run, metric, value: long ? value : null, metrics }
  return { reading, reasons: reasonsOf(reading, columns.length - taken.size - metrics.length) }
}

function reasonsOf({ step, epoch, time, run, metric, value, metrics }: TableReading, left: number): string[] {
  const said = (name: string): string => `“${name}”`
  return [
    metric !== null && value !== null
      ? `One value a row: ${said(metric)} names the metric, ${said(value)} is its value.`
      : `One row a step: ${metrics.length} ${metrics.length === 1 ? 'column is a metric' : 'columns are metrics'}.`,
    step === null
      ? 'No column of whole numbers is called step: rows are counted.'
      : step === epoch
        ? `Steps are the epochs in ${said(step)}.`
        : `Steps are in ${said(step)}.`,
    ...(time === null ? [] : [`Times are in ${said(time)}.`]),
    ...(run === null ? [] : [`${said(run)} tells the runs apart.`]),
    ...(metric === null && left > 0
      ? [
          `${left} ${left === 1 ? 'column holds' : 'columns hold'} no numbers and ${left === 1 ? 'is' : 'are'} left out.`,
        ]
      : []),
  ]
}

/** One bad cell among many does not make a column another kind. */
const mostly = (cells: readonly (Cell | undefined)[], fit: (cell: Cell | undefined) => boolean): boolean =>
  2 * cells.filter(fit).length > cells.length
const isNumeric = (cells: readonly (Cell | undefined)[]): boolean =>
  mostly(cells, (cell) => numberIn(cell) !== null)
const isText = (cells: readonly (Cell | undefined)[]): boolean =>
  mostly(cells, (cell) => numberIn(cell) === null)
const isWhole = (cells: readonly (Cell | undefined)[]): boolean =>
  mostly(cells, (cell) => Number.isSafeInteger(numberIn(cell)) && numberIn(cell)! >= 0)
