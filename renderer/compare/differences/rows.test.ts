import { describe, expect, it } from 'vitest'
import { exampleDetail, exampleRun } from '../../../main/common/runFixture.ts'
import { defaultTrainConfig, type TrainConfig } from '../../../main/common/training.ts'
import { type Run, type RunDetail } from '../../../main/common/schemas.ts'
import { changes } from '../../../main/common/settings.ts'
import { dataWarning, differences, markdown } from './rows.ts'

const run = (id: number, config: Partial<TrainConfig> = {}, more: Partial<Omit<Run, 'config'>> = {}) =>
  exampleRun({
    id,
    name: `digits, MLP ${id}`,
    modelName: 'MLP',
    config: { ...defaultTrainConfig, learningRate: 0.05, epochs: 5, batchSize: 32, seed: 1, ...config },
    ...more,
  })

const detail = (of: Run, more: Partial<RunDetail> = {}): RunDetail => ({ ...exampleDetail(), ...of, ...more })

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

  it('are marked row by row; what no run knows has no row', () => {
    const rows = differences([detail(run(2, { epochs: 9 })), detail(run(1))])
    expect(rows.filter(({ differs, section }) => differs && section === 'Settings')).toMatchObject([
      { title: 'epochs', values: ['9', '5'], deltas: null },
    ])
    expect(rows.map(({ title }) => title)).not.toContain('note')
    expect(rows.map(({ title }) => title)).not.toContain('error')
    const error = { code: 'not-finite', what: 'The loss is NaN at step 7.', mend: 'Lower the rate.' }
    const failed = differences([detail(run(2, {}, { error })), detail(run(1))])
    expect(failed.find(({ title }) => title === 'error')?.values).toEqual([error.what, '–'])
  })

  it('of figures are counted from the baseline, with the direction of the metric', () => {
    const summary = (value: number) => ({
      ...{
        first: 1,
        firstStep: 0,
        last: value,
        lastStep: 1,
        min: value,
        max: value,
        minStep: 1,
        maxStep: 1,
        count: 2,
      },
    })
    const having = (id: number, loss: number, accuracy: number): RunDetail =>
      detail(run(id, {}, { summaries: { 'val/loss': summary(loss), 'val/accuracy': summary(accuracy) } }))
    const rows = differences([having(2, 0.25, 0.75), having(1, 0.5, 0.5)])
    const row = (title: string) => rows.find((one) => one.title === title)
    expect(row('val/loss best')).toMatchObject({
      differs: true,
      deltas: [{ text: '\u22120.2500', better: true }, null],
    })
    expect(row('val/accuracy best')?.deltas?.[0]).toEqual({ text: '+0.2500', better: true })
    const other = differences([having(2, 0.25, 0.75), having(1, 0.5, 0.5)], new Map(), 0)
    expect(other.find((one) => one.title === 'val/loss best')?.deltas?.[1]).toMatchObject({ better: false })
  })

  it('of a run of another tool are what that tool called its settings', () => {
    const foreign: RunDetail = {
      ...exampleDetail(),
      ...{ id: 3, config: null, document: null, engine: null, datasetId: '', datasetName: '' },
      origin: { kind: 'csv', path: 'log.csv', settings: { learning_rate: 0.5, depth: 3 } },
    }
    const rows = differences([foreign, detail(run(1))])
    const values = (title: string) => rows.find((row) => row.title === title)?.values
    expect(values('lr')).toEqual(['0.5', '0.05'])
    expect(values('depth')).toEqual(['3', '–'])
    expect(values('threads')).toEqual(['–', '2'])
    expect(dataWarning([foreign, detail(run(1))])).toBeNull()
  })

  it('are copied as a table of Markdown', () => {
    const runs = [detail(run(2, { epochs: 9 }, { note: 'a|b' })), detail(run(1))]
    const rows = differences(runs).filter(({ section }) => section === 'Settings' || section === 'About')
    expect(markdown(runs, rows)).toBe(
      '|  | 2 digits, MLP 2 | 1 digits, MLP 1 |\n| --- | --- | --- |\n| epochs | 9 | 5 |\n| note | a\\|b | – |',
    )
  })

  it('of the data are warned of, by content and not by name', () => {
    const one = { datasetId: 'a', datasetName: 'cats' }
    expect(dataWarning([one, one])).toBeNull()
    expect(dataWarning([one, { ...one, datasetName: 'felines' }])).toBeNull()
    expect(dataWarning([one, { ...one, datasetId: 'b' }])).toContain('different versions of "cats"')
    expect(dataWarning([one, { datasetId: 'c', datasetName: 'dogs' }])).toContain('(cats, dogs)')
  })
})
