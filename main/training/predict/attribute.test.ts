/** Attributions against differences of what the model gives out. */
import { afterEach, expect, it } from 'vitest'
import { exampleDataset } from '../../common/data/datasetFixture.ts'
import { chain } from '../../common/templates.ts'
import { liveTensors, manualSeed, noGrad, randn, scope, tensor, type Tensor } from '../../engine/index.ts'
import { Model, type Extents } from '../model.ts'
import { attribute } from './attribute.ts'

let model: Model | null = null
afterEach(() => {
  model?.dispose()
  model = null
  expect(liveTensors()).toBe(0)
})

function logit(of: Model, input: Tensor, output: number, extents: Extents = {}): number {
  return scope(() => noGrad(() => of.forward(input, false, extents).select(1, output).item()))
}

it('of an image is the largest slope of the channels at each pixel', () => {
  manualSeed(3)
  const dataset = exampleDataset({ sampleShape: [2, 4, 4] })
  const made = new Model(
    chain('image', [
      ['in', 'input'],
      ['conv', 'conv2d', { outChannels: 3, kernel: 3, padding: 'same' }],
      ['act', 'tanh'],
      ['flat', 'flatten'],
      ['head', 'linear', { outFeatures: 3 }],
      ['out', 'output'],
    ]),
    dataset,
  )
  model = made
  scope(() => {
    const input = randn([1, 2, 4, 4])
    const found = attribute(made, input, {}, { method: 'gradient', output: 1 })
    expect(found?.shape).toEqual([4, 4])
    const values = Array.from(input.toTypedArray() as Float32Array)
    const h = 1e-2
    const slope = (at: number): number => {
      const moved = (by: number): number =>
        logit(
          made,
          tensor(values.map((value, i) => (i === at ? value + by : value))).reshape([1, 2, 4, 4]),
          1,
        )
      return (moved(h) - moved(-h)) / (2 * h)
    }
    for (let pixel = 0; pixel < 16; pixel++) {
      const largest = Math.max(Math.abs(slope(pixel)), Math.abs(slope(16 + pixel)))
      expect(found?.values[pixel]).toBeCloseTo(largest, 3)
    }
    expect(made.namedWeights.get('conv.weight')?.grad ?? null).toBeNull()
    expect(made.namedWeights.get('conv.weight')?.requiresGrad).toBe(true)
    const chosen = attribute(made, input, {}, { method: 'gradient', output: null })
    const outputs = [0, 1, 2].map((at) => logit(made, input, at))
    expect(chosen?.output).toBe(outputs.indexOf(Math.max(...outputs)))
  })
})

it('Grad-CAM is the rectified sum of the last maps, weighed by the means of their gradients', () => {
  manualSeed(4)
  const dataset = exampleDataset({ sampleShape: [1, 6, 6] })
  const made = new Model(
    chain('image', [
      ['in', 'input'],
      ['conv', 'conv2d', { outChannels: 4, kernel: 3, padding: 'valid' }],
      ['act', 'relu'],
      ['pool', 'global-pool'],
      ['head', 'linear', { outFeatures: 3 }],
      ['out', 'output'],
    ]),
    dataset,
  )
  model = made
  scope(() => {
    const input = randn([1, 1, 6, 6])
    const found = attribute(made, input, {}, { method: 'grad-cam', output: 2 })
    expect(found?.shape).toEqual([4, 4])
    // After a mean over places, the gradient of every place of a map is its weight in the head over the places.
    const maps: Tensor[] = []
    noGrad(() =>
      made.forward(input, false, {}, (step, results) => {
        if (step.id === 'act') maps.push(results['output'] as Tensor)
      }),
    )
    const weights = made.tensors.get('head.weight')?.select(0, 2).reshape([1, 4, 1, 1]) as Tensor
    const expected = noGrad(() => (maps[0] as Tensor).mul(weights.detach()).sum(1).div(16).relu())
    Array.from(expected.toTypedArray() as Float32Array).forEach((value, at) =>
      expect(found?.values[at]).toBeCloseTo(value, 5),
    )
  })
})

it('of tokens is how the answer changes as a token counts more', () => {
  manualSeed(5)
  const dataset = exampleDataset({
    sampleShape: ['T'],
    content: 'tokens',
    storedDtype: 'int32',
    vocabularySize: 9,
    symbols: { T: { typical: 4, largest: 8 } },
  })
  const made = new Model(
    chain('text', [
      ['in', 'input'],
      ['embed', 'embedding', { dimension: 5 }],
      ['act', 'tanh'],
      ['pool', 'global-pool'],
      ['head', 'linear', { outFeatures: 3 }],
      ['out', 'output'],
    ]),
    dataset,
  )
  model = made
  scope(() => {
    const ids = [4, 7, 2, 5]
    const input = tensor(Float64Array.from(ids), { dtype: 'int64', shape: [1, 4] })
    const extents = { T: [4] }
    const found = attribute(made, input, extents, { method: 'gradient', output: 0 })
    expect(found?.shape).toEqual([4])
    const rows = made.tensors.get('embed.weight') as Tensor
    const h = 1e-2
    ids.forEach((id, at) => {
      const scaled = (by: number): number => {
        const row = rows.detach().select(0, id)
        const before = row.clone()
        noGrad(() => void row.mul_(1 + by))
        const value = logit(made, input, 0, extents)
        noGrad(() => void row.copy_(before))
        return value
      }
      expect(found?.values[at]).toBeCloseTo((scaled(h) - scaled(-h)) / (2 * h), 3)
    })
  })
})
