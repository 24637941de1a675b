/**
 * What a model makes of a sample does not depend on the samples it shares a batch with, nor on how the batch was padded
 * or cut: every architecture of the templates, in evaluation, and in training where nothing is meant to mix samples
 * (dropout and batch norm taken out).
 */
import { describe, expect, it } from 'vitest'
import type { ModelDocument } from '../common/document.ts'
import { layerOf } from '../common/layers/catalogue.ts'
import type { Dataset } from '../common/data/dataset.ts'
import { exampleDataset } from '../common/data/datasetFixture.ts'
import { fitToData, templates } from '../common/templates.ts'
import { dataShape } from '../common/trainable.ts'
import { F, manualSeed, scope, tensor, type Tensor } from '../engine/index.ts'
import { Model } from './model.ts'

const longest = 12
/** Rows of a batch and their lengths: alone, among shorter ones, among longer ones, beside one of its length. */
const lengths = [3, 12, 1, 7, 3, 5]
const companies = [[0], [0, 2], [0, 1], [2, 0, 1, 3], [4, 0, 5]]

const texts = exampleDataset({
  sampleShape: ['T'],
  content: 'tokens',
  storedDtype: 'int32',
  vocabularySize: 20,
  symbols: { T: { typical: 5, p90: 9, p99: 12, largest: longest, histogram: [] } },
})
const images = exampleDataset({ sampleShape: [3, 'H', 'W'], storedDtype: 'uint8' })

/** A template fitted to the data; dropout does nothing, and batch norm is taken out of the wire. */
function template(id: string, dataset: Dataset, plain: boolean): ModelDocument {
  const found = templates(dataShape(dataset)).find((one) => one.id === id)
  if (!found) throw new Error(`no template ${id}`)
  const document = fitToData(found.document, dataShape(dataset))
  if (!plain) return document
  const mixing = new Set(document.nodes.filter(({ kind }) => kind === 'batch-norm').map((node) => node.id))
  const source = (node: string): { node: string; port: string } => {
    const from = document.wires.find(({ to }) => to.node === node)!.from
    return mixing.has(from.node) ? source(from.node) : from
  }
  return {
    ...document,
    nodes: document.nodes
      .filter((node) => !mixing.has(node.id))
      .map((node) => {
        const still = (layerOf(node.kind)?.fields ?? [])
          .map(({ key }) => key)
          .filter((key) => key === 'p' || key === 'dropout')
        return {
          ...node,
          parameters: { ...node.parameters, ...Object.fromEntries(still.map((name) => [name, 0])) },
        }
      }),
    wires: document.wires
      .filter(({ to }) => !mixing.has(to.node))
      .map((wire) => (mixing.has(wire.from.node) ? { ...wire, from: source(wire.from.node) } : wire)),
  }
}

const numbers = (x: Tensor): number[] => Array.from(x.toTypedArray() as Float32Array)

function expectClose(seen: readonly number[], expected: readonly number[]): void {
  const scale = Math.max(1, ...expected.map(Math.abs))
  expect(seen).toHaveLength(expected.length)
  const furthest = Math.max(...seen.map((value, at) => Math.abs(value - expected[at]!)))
  expect(furthest / scale).toBeLessThan(2e-5)
}

interface Batch {
  inputs: Tensor
  extents: Record<string, number[]>
}

/** The logits of sample 0 in each company. */
function inCompany(model: Model, batchOf: (rows: readonly number[]) => Batch, training: boolean): void {
  const [alone, ...others] = companies.map((rows) =>
    scope(() => {
      const { inputs, extents } = batchOf(rows)
      return numbers(model.forward(inputs, training, extents).select(0, rows.indexOf(0)))
    }),
  )
  for (const other of others) expectClose(other, alone!)
}

/** The gradient of a summed loss over two batches, and over the same rows cut and padded otherwise. */
function gradients(
  model: Model,
  batchOf: (rows: readonly number[]) => Batch,
  cuts: readonly (readonly number[])[],
): Map<string, number[]> {
  for (const weight of model.namedWeights.values()) weight.grad = null
  for (const rows of cuts)
    scope(() => {
      const { inputs, extents } = batchOf(rows)
      const targets = rows.map((row) => row % 3)
      const logits = model.forward(inputs, true, extents)
      F.crossEntropy(logits, integers(targets), { reduction: 'sum' }).backward()
    })
  return new Map(
    [...model.namedWeights].map(([name, weight]) => [name, weight.grad ? numbers(weight.grad) : []]),
  )
}

const integers = (values: readonly number[]): Tensor => tensor(values, { dtype: 'int64' })

/** Texts padded with zeros to the longest of their batch, as batches.ts does. */
function textBatch(rows: readonly number[]): Batch {
  const own = rows.map((row) => lengths[row]!)
  const size = Math.max(...own)
  const ids = rows.map((row) =>
    Array.from({ length: size }, (_, at) => (at < lengths[row]! ? 2 + ((row * 7 + at * 5) % 18) : 0)),
  )
  return { inputs: tensor(ids, { dtype: 'int64' }), extents: { T: own } }
}

/** Images of one size; only those share a batch. */
function imageBatch(rows: readonly number[]): Batch {
  const values = rows.map((row) =>
    Array.from({ length: 3 * 13 * 9 }, (_, at) => Math.sin(row * 97 + at * 1.7)),
  )
  return { inputs: tensor(values).reshape([rows.length, 3, 13, 9]), extents: {} }
}

describe.each<[string, Dataset, (rows: readonly number[]) => Batch]>([
  ['lstm-text-classifier', texts, textBatch],
  ['gru-text-classifier', texts, textBatch],
  ['rnn-sequence-classifier', texts, textBatch],
  ['transformer-text-classifier', texts, textBatch],
  ['cnn-any-size', images, imageBatch],
])('%s', (id, dataset, batchOf) => {
  const withModel = (plain: boolean, use: (model: Model) => void): void => {
    manualSeed(5)
    const model = new Model(template(id, dataset, plain), dataset)
    try {
      use(model)
    } finally {
      model.dispose()
    }
  }

  it('gives a sample the same scores in any company', () => {
    withModel(false, (model) => inCompany(model, batchOf, false))
  })

  it('gives them in training too, where nothing mixes samples', () => {
    withModel(true, (model) => inCompany(model, batchOf, true))
  })

  it('gives every weight the same gradient, however the rows are cut into batches', () => {
    withModel(true, (model) => {
      const one = gradients(model, batchOf, [
        [0, 1, 2],
        [3, 4, 5],
      ])
      const other = gradients(model, batchOf, [[2], [0, 4], [5, 3, 1]])
      expect([...one.keys()]).toEqual([...other.keys()])
      expect([...one.values()].some((values) => values.some((value) => value !== 0))).toBe(true)
      for (const [name, values] of one) expectClose(other.get(name)!, values)
    })
  })
})
