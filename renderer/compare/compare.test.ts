import { emptyDocument } from '../../main/common/document.ts'
import { describe, expect, it } from 'vitest'
import { exampleDetail, exampleRun } from '../../main/common/runFixture.ts'
import { defaultTrainConfig, type TrainConfig } from '../../main/common/training.ts'
import { type Run, type RunDetail } from '../../main/common/schemas.ts'
import { changes } from '../../main/common/settings.ts'
import { architecture, dataWarning, differences } from './differences.ts'

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
