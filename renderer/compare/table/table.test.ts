import { describe, expect, it } from 'vitest'
import { compile } from '../../../main/common/filter/compile.ts'
import { Fields, type Field } from '../../../main/common/filter/fields/index.ts'
import { exampleRun } from '../../../main/common/runFixture.ts'
import type { Live, Run, Summary } from '../../../main/common/schemas.ts'
import { defaultTrainConfig, type TrainConfig } from '../../../main/common/training.ts'
import { withLive } from '../../state/withLive.ts'
import { aggregate } from './aggregate.ts'
import { spreadText } from './cellText.ts'
import { changedField } from './changedField.ts'
import { shownColumns, usualColumns } from './columns.ts'
import { toCsv, toJson } from './exportTable.ts'
import { filterExamples } from './filterExamples.ts'
import { between, rowsOf, type Row } from './rows.ts'
import { nextSort, sortRuns } from './sort.ts'

const accuracy = (max: number): Partial<Run> => ({ summaries: { 'val/accuracy': summary(max) } })
const summary = (max: number): Summary => ({
  ...{ first: 0, firstStep: 0, last: max, lastStep: 1 },
  ...{ min: 0, max, minStep: 0, maxStep: 1, count: 2 },
})

const run = (id: number, config: Partial<TrainConfig> = {}, more: Partial<Run> = {}): Run => ({
  ...exampleRun({ id, name: `MLP ${id}`, config: { ...defaultTrainConfig, ...config } }),
  ...more,
})

const fieldOf = (name: string, runs: readonly Run[]): Field => {
  const field = new Fields(runs).find(name)
  if (!field) throw new Error(`no field ${name}`)
  return field
}

const order = (runs: readonly Run[], ...keys: [string, boolean][]): number[] =>
  sortRuns(
    runs,
    keys.map(([name, descending]) => ({ field: fieldOf(name, runs), descending })),
  ).map(({ id }) => id)

describe('the order of runs', () => {
  it('is by a metric, runs without it last in both directions', () => {
    const runs = [run(1, {}, accuracy(0.8)), run(2), run(3, {}, accuracy(0.9))]
    expect(order(runs, ['val/accuracy.best', true])).toEqual([3, 1, 2])
    expect(order(runs, ['val/accuracy.best', false])).toEqual([1, 3, 2])
  })

  it('is by names as people count, and newest first where all is equal', () => {
    const runs = [run(1, {}, { name: 'a 10' }), run(2, {}, { name: 'a 9' }), run(3, {}, { name: 'a 9' })]
    expect(order(runs, ['name', false])).toEqual([3, 2, 1])
  })

  it('is by several columns, the first counting most', () => {
    const runs = [
      run(1, { epochs: 2, batchSize: 8 }),
      run(2, { epochs: 1, batchSize: 8 }),
      run(3, { epochs: 2, batchSize: 4 }),
    ]
    expect(order(runs, ['epochs', true], ['batch', false])).toEqual([3, 1, 2])
  })

  it('is chosen by clicks: one column alone, Shift adds, turns and takes away', () => {
    const by = (field: string, descending: boolean) => ({ field, descending })
    expect(nextSort([by('run', true)], 'lr', false, false)).toEqual([by('lr', false)])
    expect(nextSort([by('lr', false)], 'lr', false, false)).toEqual([by('lr', true)])
    expect(nextSort([by('lr', false)], 'batch', true, true)).toEqual([by('lr', false), by('batch', true)])
    const two = [by('lr', false), by('batch', true)]
    expect(nextSort(two, 'batch', true, true)).toEqual([by('lr', false), by('batch', false)])
    expect(nextSort([by('lr', false), by('batch', false)], 'batch', true, true)).toEqual([by('lr', false)])
    expect(nextSort(two, 'lr', false, false)).toEqual([by('lr', false)])
  })
})

describe('rows', () => {
  const told = (rows: readonly Row[]): string[] =>
    rows.map(
      (row) =>
        `${'  '.repeat(row.depth)}${row.kind === 'run' ? row.run.id : `${row.kind} ${String(row.value)} of ${row.runs.length}`}`,
    )
  const rows = (
    runs: readonly Run[],
    by: string[],
    more: { foldSeeds?: boolean; sort?: string; toggled?: string[] } = {},
  ): Row[] =>
    rowsOf(runs, {
      by: by.map((name) => fieldOf(name, runs)),
      foldSeeds: more.foldSeeds ?? false,
      sort: more.sort ? [{ field: fieldOf(more.sort, runs), descending: true }] : [],
      toggled: new Set(more.toggled),
    })

  it('are grouped by a setting in its order, or by the mean of the metric that is sorted by', () => {
    const runs = [
      run(1, { learningRate: 0.1 }, accuracy(0.5)),
      run(2, { learningRate: 0.01 }, accuracy(0.6)),
      run(3, { learningRate: 0.1 }, accuracy(0.9)),
      run(4, { learningRate: 0.1 }),
    ]
    expect(told(rows(runs, ['lr']))).toEqual([
      'group 0.01 of 1',
      '  2',
      'group 0.1 of 3',
      '  1',
      '  3',
      '  4',
    ])
    expect(told(rows(runs, ['lr'], { sort: 'val/accuracy.best' }))[0]).toBe('group 0.1 of 3')
  })

  it('are grouped inside groups; a closed group hides its runs; those without a value come last', () => {
    const runs = [run(1, { batchSize: 8 }, { sweepId: 2 }), run(2, { batchSize: 4 }, { sweepId: 2 }), run(3)]
    const [first] = rows(runs, ['sweep', 'batch'])
    expect(told(rows(runs, ['sweep', 'batch']))).toEqual([
      ...['group 2 of 2', '  group 4 of 1', '    2', '  group 8 of 1', '    1'],
      ...['group null of 1', '  group 32 of 1', '    3'],
    ])
    expect(told(rows(runs, ['sweep', 'batch'], { toggled: [first?.key ?? ''] }))[1]).toBe('group null of 1')
  })

  it('fold runs that differ in their seed alone, and open them', () => {
    const runs = [
      run(1, { seed: 1 }),
      run(2, { seed: 2 }),
      run(3, { seed: 2, learningRate: 9 }),
      run(4, { seed: 4, probeEvery: 1 }),
      run(5, { seed: 5 }, { architecture: 'other' }),
      run(6, { seed: 6 }, { datasetId: 'other' }),
      run(7, {}, { config: null, origin: { kind: 'csv', path: '', settings: {} } }),
      run(8, {}, { config: null, origin: { kind: 'csv', path: '', settings: {} } }),
      run(9, {}, { config: null, origin: { kind: 'csv', path: '', settings: { lr: 1, seed: 1 } } }),
      run(10, {}, { config: null, origin: { kind: 'csv', path: '', settings: { seed: 2, lr: 1 } } }),
    ]
    const folded = rows(runs, [], { foldSeeds: true })
    expect(told(folded)).toEqual(['seeds null of 3', '3', '5', '6', '7', '8', 'seeds null of 2'])
    const open = rows(runs, [], { foldSeeds: true, toggled: [folded[0]?.key ?? ''] })
    expect(told(open).slice(0, 4)).toEqual(['seeds null of 3', '  1', '  2', '  4'])
  })

  it('between two runs are ticked together, groups left out', () => {
    const runs = [run(1, { epochs: 1 }), run(2, { epochs: 2 }), run(3, { epochs: 2 })]
    const grouped = rows(runs, ['epochs'])
    expect(between(grouped, 3, 1)).toEqual([1, 2, 3])
    expect(between(grouped, 99, 2)).toEqual([2])
  })
})

describe('a row of several runs', () => {
  it('says mean and standard deviation of a sample, of the runs that have a value', () => {
    const runs = [run(1, {}, accuracy(0.8)), run(2, {}, accuracy(0.9)), run(3)]
    const field = fieldOf('val/accuracy.best', runs)
    const figure = aggregate(runs, field)
    expect(figure).toMatchObject({ count: 2, same: null })
    expect(figure.mean).toBeCloseTo(0.85)
    // sqrt((0.05^2 + 0.05^2) / 1)
    expect(figure.deviation).toBeCloseTo(0.070711, 6)
    expect(spreadText(field, figure)).toBe('0.850 ± 0.071')
  })

  it('says what settings have in common, else how many there are', () => {
    const runs = [run(1, { learningRate: 0.1 }), run(2, { learningRate: 0.2 })]
    const said = (name: string): string =>
      spreadText(fieldOf(name, runs), aggregate(runs, fieldOf(name, runs)))
    expect(said('batch')).toBe('32')
    expect(said('lr')).toBe('2 values')
    expect(said('clip_norm')).toBe('–')
  })
})

describe('columns', () => {
  const runs = [run(1, {}, accuracy(0.5)), run(2, {}, { tags: ['a'], datasetName: 'other' })]
  const fields = new Fields(runs)
  const find = (name: string): Field | null => (name === 'changed' ? changedField(runs) : fields.find(name))
  const usual = (of: readonly Run[]): string[] =>
    usualColumns(
      find,
      ({ read }) => of.some((one) => read(one) !== null && String(read(one)) !== ''),
      ({ read }) => of.some((one) => read(one) !== read(of[0] ?? one)),
      fields.metrics,
    ).map(({ field }) => field)

  it('are at first those that tell runs apart', () => {
    expect(usual(runs)).toEqual([
      'run',
      'name',
      'data',
      'status',
      'changed',
      'val/accuracy.best',
      'weights',
      'time',
      'tag',
    ])
    expect(usual(runs.slice(0, 1))).not.toContain('data')
  })

  it('of metrics that no run has wait until one does', () => {
    const shown = shownColumns(
      [
        { field: 'lr', width: 99 },
        { field: 'val/iou.best', width: null },
      ],
      find,
      false,
    )
    expect(shown.map(({ field, width }) => [field.name, width])).toEqual([['lr', 99]])
  })
})

describe('what changed', () => {
  it('is told from the run before on the same data and model', () => {
    const runs = [
      run(4, { seed: 7 }, { architecture: 'b' }),
      run(3, { seed: 7 }),
      run(2, {}, { modelName: 'CNN' }),
      run(1),
    ]
    const { read } = changedField(runs)
    expect(runs.map(read)).toEqual(['layers', 'seed 1 → 7', 'first of its kind', 'first of its kind'])
  })
})

describe('the exported table', () => {
  const runs = [
    run(
      1,
      { learningRate: 0.1 },
      { name: 'a, "b"', tags: ['x', 'y'], createdAt: Date.UTC(2026, 0, 2), ...accuracy(1 / 3) },
    ),
    run(2, {}, { name: '=1', ...accuracy(NaN) }),
  ]
  const fields = ['val/accuracy.best', 'lr', 'tag', 'created', 'clip_norm'].map((name) => fieldOf(name, runs))
  const find = (name: string): Field | null => new Fields(runs).find(name)

  it('has every digit, the run and its name, in CSV that quotes what it must', () => {
    expect(toCsv(runs, fields, find).split('\r\n').slice(0, 2)).toEqual([
      'run,name,val/accuracy.best,lr,tag,created,clip_norm',
      '1,"a, ""b""",0.3333333333333333,0.1,x; y,2026-01-02T00:00:00.000Z,',
    ])
  })

  it('has values as they are in JSON, and words for what JSON has no number for', () => {
    expect(JSON.parse(toJson(runs, fields, find))).toMatchObject([
      { run: 1, name: 'a, "b"', 'val/accuracy.best': 1 / 3, lr: 0.1, tag: ['x', 'y'], clip_norm: null },
      { run: 2, 'val/accuracy.best': 'NaN' },
    ])
  })
})

describe('the examples of filters', () => {
  it('can all be read', () => {
    const fields = new Fields([], {}, undefined, ['val/accuracy'])
    for (const [text] of filterExamples) expect(() => compile(text, fields), text).not.toThrow()
  })
})

describe('a run that trains', () => {
  it('shows its newest values beside what the store has counted', () => {
    const live = {
      status: 'running',
      step: 9,
      epoch: 3,
      seconds: 7,
      samplesPerSecond: 5,
      latest: { 'val/accuracy': 0.9, new: 1 },
    }
    const now = withLive(run(1, {}, accuracy(0.5)), live as unknown as Live)
    expect(now).toMatchObject({ status: 'running', steps: 9, seconds: 7 })
    expect(now.summaries['val/accuracy']).toMatchObject({ last: 0.9, max: 0.9, maxStep: 9, min: 0, first: 0 })
    expect(now.summaries.new).toMatchObject({ first: 1, min: 1, count: 1 })
  })
})
