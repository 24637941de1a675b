import { emptyDocument } from '../../main/common/document.ts'
import { describe, expect, it } from 'vitest'
import { exampleDetail, exampleRun } from '../../main/common/runFixture.ts'
import { defaultTrainConfig, type TrainConfig } from '../../main/common/training.ts'
import { type Run, type RunDetail } from '../../main/common/schemas.ts'
import { searchRuns, sortRuns } from './table/columns.ts'
import { changes } from '../../main/common/settings.ts'
import { architecture, changesByRun, dataWarning, differences } from './differences.ts'

const run = (id: number, config: Partial<TrainConfig> = {}, more: Partial<Omit<Run, 'config'>> = {}) =>
  exampleRun({
    id,
    name: `digits, MLP ${id}`,
    modelName: 'MLP',
    config: { ...defaultTrainConfig, learningRate: 0.05, epochs: 5, batchSize: 32, seed: 1, ...config },
    ...more,
  })

const accuracy = (max: number): Partial<Omit<Run, 'config'>> => ({
  summaries: {
    'val/accuracy': {
      ...{ first: 0, firstStep: 0, last: max, lastStep: 1 },
      ...{ min: 0, max, minStep: 0, maxStep: 1, count: 2 },
    },
  },
})

const detail = (of: Run, more: Partial<RunDetail> = {}): RunDetail => ({ ...exampleDetail(), ...of, ...more })

describe('the table of runs', () => {
  it('sorts by a metric, runs without it last in both directions', () => {
    const runs = [run(1, {}, accuracy(0.8)), run(2), run(3, {}, accuracy(0.9))]
    const ids = (descending: boolean): number[] =>
      sortRuns(runs, { column: 'accuracy', descending }).map((one) => one.id)
    expect(ids(true)).toEqual([3, 1, 2])
    expect(ids(false)).toEqual([1, 3, 2])
  })

  it('sorts names as people count, and ties newest first', () => {
    const runs = [run(1, {}, { name: 'a 10' }), run(2, {}, { name: 'a 9' }), run(3, {}, { name: 'a 9' })]
    expect(sortRuns(runs, { column: 'name', descending: false }).map((one) => one.id)).toEqual([3, 2, 1])
  })

  it('finds runs by every word', () => {
    const runs = [run(1), run(2, {}, { status: 'interrupted' })]
    expect(searchRuns(runs, 'MLP interr').map((one) => one.id)).toEqual([2])
    expect(searchRuns(runs, '  ')).toHaveLength(2)
    expect(searchRuns(runs, 'nonsense')).toHaveLength(0)
  })
})

describe('differences', () => {
  it('are told in short', () => {
    expect(changes(run(1), run(2, { learningRate: 0.1, batchSize: 64 }))).toEqual([
      'lr 0.05 → 0.1',
      'batch 32 → 64',
    ])
    expect(changes(run(1), run(2, { optimizer: 'adam', learningRate: 0.05 }))).toEqual([
      'optimizer SGD → Adam',
    ])
  })

  it('are counted from the run before on the same data and model', () => {
    const other = run(2, {}, { modelName: 'CNN' })
    const found = changesByRun([run(3, { seed: 7 }), other, run(1)])
    expect(found.get(3)).toBe('seed 1 → 7')
    expect(found.get(2)).toBe('first of its kind')
  })

  it('come before what is the same', () => {
    const rows = differences([detail(run(1)), detail(run(2, { epochs: 9 }))])
    expect(rows[0]).toEqual({ title: 'epochs', values: ['5', '9'], differs: true })
    expect(rows.slice(1).every((row) => !row.differs)).toBe(true)
  })

  it('of the data are warned of, by content and not by name', () => {
    const one = { datasetId: 'a', datasetName: 'cats' }
    expect(dataWarning([one, one])).toBeNull()
    expect(dataWarning([one, { ...one, datasetName: 'felines' }])).toBeNull()
    expect(dataWarning([one, { ...one, datasetId: 'b' }])).toContain('different versions of "cats"')
    expect(dataWarning([one, { datasetId: 'c', datasetName: 'dogs' }])).toContain('(cats, dogs)')
  })

  it('name the layers in the order they run', () => {
    const node = (id: string, kind: string, parameters = {}) => ({
      id,
      kind,
      name: '',
      parameters,
      position: { x: 0, y: 0 },
    })
    const wire = (from: string, to: string) => ({
      id: `${from}-${to}`,
      from: { node: from, port: 'output' },
      to: { node: to, port: 'input' },
    })
    const document = {
      ...emptyDocument(),
      nodes: [node('r', 'relu'), node('l', 'linear', { outFeatures: 256, bias: true }), node('i', 'input')],
      wires: [wire('l', 'r'), wire('i', 'l')],
    }
    expect(architecture(document)).toBe('linear 256 → relu')
  })
})
