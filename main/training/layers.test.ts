/**
 * What holds for every layer of the catalogue, on the engine: the shapes that its rule infers are the real ones, a
 * batch of differing lengths equals its samples one by one, and gradients agree with finite differences.
 */
import { describe, expect, it } from 'vitest'
import { evaluate, formatShape, isSymbolic, type Shape } from '../common/dims.ts'
import type { ModelDocument } from '../common/document.ts'
import { inputPorts, type Layer } from '../common/layer.ts'
import { layers } from '../common/layers/catalogue.ts'
import { Draw, randomUses, type Use } from '../common/layers/golden/uses.ts'
import type { Dataset } from '../common/data/dataset.ts'
import { exampleDataset } from '../common/data/datasetFixture.ts'
import {
  grad,
  gradcheck,
  manualSeed,
  noGrad,
  rand,
  randint,
  randn,
  scope,
  tensor,
  type Tensor,
} from '../engine/index.ts'
import { chain } from '../common/templates.ts'
import { Model } from './model.ts'
import { opsOn } from './ops.ts'

const ops = opsOn('cpu')

const float64 = { dtype: 'float64' } as const

/** Every document of the gradient check has both of these. */
const ends = ['input', 'output']
const inner = layers.filter(({ kind }) => !ends.includes(kind))
const each = inner.map((layer) => [layer.kind, layer] as const)

type Tensors = Record<string, Tensor>
/** Sizes of one sample by symbol. */
type Sizes = Readonly<Record<string, number>>

const sizesOf = (shape: Shape, sizes: Sizes): number[] =>
  shape.map((dim) => {
    const size = evaluate(dim, sizes)
    if (size === null) throw new Error(`no size for ${formatShape([dim])}`)
    return size
  })

const describeUse = ({ inputs, parameters, sizes }: Use): string =>
  JSON.stringify({ inputs: Object.values(inputs).map(formatShape), parameters, sizes })

/** Trained weights drawn at random, also those that start at one or zero; buffers as they are. */
function randomWeights({ layer, inputs, parameters }: Use): Tensors {
  return Object.fromEntries(
    layer.weights(inputs, parameters).map(({ name, shape, initial, buffer }) => {
      if (initial.kind === 'values')
        return [name, tensor(Float64Array.from(initial.values), { shape, ...float64 })]
      // A variance must be positive.
      if (buffer && initial.kind === 'ones') return [name, rand(shape, float64).add(0.5)]
      const drawn = randn(shape, float64).mul(0.5)
      if (!buffer) drawn.requiresGrad = true
      return [name, drawn]
    }),
  )
}

function randomInputs(use: Use, sizes: Sizes): Tensors {
  const { layer, inputs, parameters, content } = use
  return Object.fromEntries(
    Object.entries(inputs).map(([port, shape]) => {
      const real = sizesOf(shape, sizes)
      if (content === 'values') return [port, randn(real, { ...float64, requiresGrad: true })]
      const rows = layer.weights(inputs, parameters)[0]?.shape[0] ?? 7
      // Never the first, which may be the padding that has no gradient.
      return [port, rows > 1 ? randint(1, rows, real) : randint(0, 1, real)]
    }),
  )
}

/** A forward pass over samples whose true sizes are `samples`; without them all fill their tensors. */
function forward(
  use: Use,
  inputs: Tensors,
  weights: Tensors,
  training: boolean,
  samples: readonly Sizes[] | null,
): Tensors {
  return use.layer.forward<Tensor>({
    ops,
    inputs,
    weights,
    parameters: use.parameters,
    training,
    lengths(port, axis) {
      const dim = use.inputs[port]?.[axis]
      if (!samples || dim === undefined || !isSymbolic(dim)) return null
      const values = samples.map((sizes) => evaluate(dim, sizes) ?? 0)
      return tensor(values, { dtype: 'int64' })
    },
  })
}

describe('inferred shapes are the real ones', () => {
  it.each(each)('%s', (_kind, layer) => {
    manualSeed(1)
    for (const use of randomUses(layer, 200, 1, true))
      scope(() =>
        noGrad(() => {
          const sizes = { B: 2, ...use.sizes }
          const results = forward(use, randomInputs(use, sizes), randomWeights(use), false, null)
          for (const [port, shape] of Object.entries(use.outputs))
            expect(results[port]?.shape, describeUse(use)).toEqual(sizesOf(shape, sizes))
        }),
      )
  })
})

/** The part of a tensor of one sample, without the batch axis, that is its own. */
const ownPart = (x: Tensor, shape: Shape, sizes: Sizes): Tensor =>
  shape.slice(1).reduce((part, dim, axis) => part.narrow(axis, 0, evaluate(dim, sizes) ?? 0), x)

const numbers = (x: Tensor): number[] => Array.from(x.toTypedArray(), Number)

function expectClose(actual: Tensor, expected: Tensor, what: string): void {
  expect(actual.shape, what).toEqual(expected.shape)
  const wanted = numbers(expected)
  const worst = Math.max(0, ...numbers(actual).map((value, i) => Math.abs(value - (wanted[i] ?? NaN))))
  expect(worst, what).toBeLessThan(1e-9)
}

/** Uses over sequences, with samples of differing lengths that all leave something of every output. */
function raggedUses(layer: Layer, count: number): { use: Use; samples: Sizes[] }[] {
  const draw = new Draw(5)
  return randomUses(layer, count * 6, 2, true).flatMap((use) => {
    const longest = use.sizes['T']
    if (longest === undefined) return []
    const dims = Object.values(use.outputs).flatMap((shape) => shape.slice(1))
    const fits = (T: number): boolean => dims.every((dim) => (evaluate(dim, { T }) ?? 0) >= 1)
    let shortest = longest
    while (shortest > 1 && fits(shortest - 1)) shortest--
    const samples = [longest, draw.from(shortest, longest), shortest].map((T) => ({ T }))
    return [{ use, samples }]
  })
}

describe('a batch of differing lengths equals its samples one by one', () => {
  it.each(each)('%s', (_kind, layer) => {
    manualSeed(2)
    for (const { use, samples } of raggedUses(layer, 10).slice(0, 10))
      scope(() => {
        const sizes = { B: samples.length, ...use.sizes }
        const what = `${describeUse(use)} of ${samples.map(({ T }) => T).join(', ')}`
        const weights = randomWeights(use)
        const inputs = randomInputs(use, sizes)
        const trained = Object.values(weights).filter((weight) => weight.requiresGrad)
        const ported = Object.entries(inputs).filter(([, x]) => x.requiresGrad)
        /** Sum of squares of what is the samples' own. */
        const loss = (results: Tensors, own: readonly Sizes[]): Tensor =>
          Object.entries(use.outputs)
            .flatMap(([port, shape]) =>
              own.map((sample, i) => ownPart(results[port]!.select(0, i), shape, sample).square().sum()),
            )
            .reduce((a, b) => a.add(b))
        const gradients = (of: Tensor, by: readonly Tensor[]): (Tensor | null)[] =>
          of.requiresGrad && by.length > 0 ? grad(of, by, { allowUnused: true }) : by.map(() => null)

        const together = forward(use, inputs, weights, false, samples)
        for (const result of Object.values(together))
          expect(numbers(result).every(Number.isFinite), `finite ${what}`).toBe(true)
        const all = gradients(loss(together, samples), [...ported.map(([, x]) => x), ...trained])
        const sums: (Tensor | null)[] = trained.map(() => null)
        for (const [i, sample] of samples.entries()) {
          const alone = Object.fromEntries(
            Object.entries(inputs).map(([port, x]) => {
              const part = ownPart(x.select(0, i), use.inputs[port] ?? [], sample)
                .unsqueeze(0)
                .detach()
              if (x.requiresGrad) part.requiresGrad = true
              return [port, part]
            }),
          )
          const results = forward(use, alone, weights, false, null)
          for (const [port, shape] of Object.entries(use.outputs))
            expectClose(
              ownPart(together[port]!.select(0, i), shape, sample),
              results[port]!.select(0, 0),
              `${port} ${what}`,
            )
          const parts = ported.map(([port]) => alone[port]!)
          const own = gradients(loss(results, [sample]), [...parts, ...trained])
          for (const [at, [port, x]] of ported.entries()) {
            const [whole, part] = [all[at], own[at]]
            if (!whole || !part) continue
            expectClose(
              ownPart(whole.select(0, i), use.inputs[port] ?? [], sample),
              part.select(0, 0),
              `gradient of ${port} ${what}`,
            )
            // Nothing flows to what lies behind the end.
            const inside = part.abs().sum().item()
            expect(whole.select(0, i).abs().sum().item() - inside, `padding ${what}`).toBeLessThan(
              1e-9 * (1 + inside + x.numel),
            )
          }
          for (const at of trained.keys()) {
            const part = own[ported.length + at]
            if (part) sums[at] = sums[at]?.add(part) ?? part
          }
        }
        for (const [at, sum] of sums.entries())
          if (sum) expectClose(all[ported.length + at]!, sum, `gradient of a weight ${what}`)
      })
  })
})

const datasetOf = (sampleShape: Dataset['sampleShape'], content: 'values' | 'tokens') =>
  exampleDataset({
    sampleShape,
    content,
    vocabularySize: content === 'tokens' ? 11 : null,
    symbols: { T: { typical: 9, largest: 9 } },
    storedDtype: content === 'tokens' ? 'int32' : 'float32',
  })

/** Input, the layer (fed by the Input at every port) and a classifier on one of its outputs. */
function documentAround({ layer, parameters }: Use, port: string): ModelDocument {
  const plain = chain('proof', [
    ['input', 'input'],
    ['layer', layer.kind, { ...parameters }],
    ['flatten', 'flatten'],
    ['head', 'linear', { outFeatures: 3 }],
    ['output', 'output'],
  ])
  const from = (node: string, out: string, to: string, into: string) => ({
    id: `${node}-${to}-${into}`,
    from: { node, port: out },
    to: { node: to, port: into },
  })
  return {
    ...plain,
    wires: [
      ...inputPorts(layer, parameters).map((into) => from('input', 'output', 'layer', into)),
      from('layer', port, 'flatten', 'input'),
      ...plain.wires.slice(2),
    ],
  }
}

describe('gradients through a document agree with finite differences', () => {
  it.each(each)('%s', (_kind, layer) => {
    const uses = randomUses(layer, 12, 3, false)
      .filter(({ content }) => content === 'values' || layer.takes === 'tokens')
      .slice(0, 4)
    for (const use of uses)
      for (const port of Object.keys(use.outputs))
        scope(() => {
          manualSeed(3)
          const [shape = []] = Object.values(use.inputs)
          const sample = sizesOf(shape.slice(1), {})
          const model = new Model(documentAround(use, port), datasetOf(sample, use.content))
          const tensors = model.tensors as Map<string, Tensor>
          const drawn = randomWeights(use)
          for (const [key, weight] of tensors) {
            const [node, ...name] = key.split('.')
            const own = node === 'layer' ? drawn[name.join('.')] : undefined
            const exact = own ?? weight.detach().to('float64')
            exact.requiresGrad = model.namedWeights.has(key)
            weight.dispose()
            tensors.set(key, exact)
          }
          const keys = [...model.namedWeights.keys()]
          const x = Object.values(randomInputs(use, { B: 3, ...use.sizes }))[0]!
          for (const training of [false, true])
            gradcheck(
              (input, ...weights) => {
                for (const [i, key] of keys.entries()) tensors.set(key, weights[i]!)
                // The same units dropped every time.
                manualSeed(4)
                return model.forward(input!, training)
              },
              [x, ...keys.map((key) => tensors.get(key)!)],
              { fast: true },
            )
        })
  })
})

describe('a document over texts', () => {
  it('gives each the same whatever it is batched with', () => {
    const document = chain('texts', [
      ['input', 'input'],
      ['embedding', 'embedding', { dimension: 6 }],
      ['conv', 'conv1d', { outChannels: 8, kernel: 4, stride: 2 }],
      ['norm', 'batch-norm'],
      ['gelu', 'gelu'],
      ['pool', 'max-pool1d', { kernel: 3, stride: 2, padding: 1 }],
      ['smooth', 'avg-pool1d', { kernel: 3, stride: 1, padding: 1 }],
      ['global', 'global-pool'],
      ['head', 'linear', { outFeatures: 3 }],
      ['output', 'output'],
    ])
    scope(() => {
      manualSeed(6)
      const model = new Model(document, datasetOf(['T'], 'tokens'))
      const lengths = [9, 1, 6, 2]
      const ids = randint(1, 11, [4, 9])
      // A training step first, for running statistics that count true steps only.
      model.forward(ids, true, { T: lengths })
      const together = model.forward(ids, false, { T: lengths })
      for (const [i, T] of lengths.entries()) {
        const alone = model.forward(ids.narrow(0, i, 1).narrow(1, 0, T), false, { T: [T] })
        for (const [at, value] of numbers(alone).entries())
          expect(together.select(0, i).select(0, at).item()).toBeCloseTo(value, 5)
      }
    })
  })

  it('refuses a text that its windows leave nothing of', () => {
    const document = chain('texts', [
      ['input', 'input'],
      ['embedding', 'embedding', { dimension: 6 }],
      ['conv', 'conv1d', { outChannels: 8, kernel: 4, padding: 'valid' }],
      ['global', 'global-pool'],
      ['head', 'linear', { outFeatures: 3 }],
      ['output', 'output'],
    ])
    scope(() => {
      const model = new Model(document, datasetOf(['T'], 'tokens'))
      expect(() => model.forward(randint(1, 11, [2, 9]), false, { T: [9, 2] })).toThrow(
        'A sample of T = 2 is too short for this model: a layer would have T-3 steps of it, less than one.',
      )
    })
  })
})
