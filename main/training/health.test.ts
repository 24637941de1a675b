import { expect, test } from 'vitest'
import type { optim } from '../engine/index.ts'
import type { Model } from './model.ts'
import { layerHealth } from './health.ts'

test('a layer’s norms are over all of its weights; layers without weights have none', () => {
  const names = { a: ['attention.weight', 'bias'], relu: [], b: ['weight'], tied: ['weight'] }
  const steps = Object.entries(names).map(([id, own]) => ({
    id,
    title: id.toUpperCase(),
    weights: Object.fromEntries(own.map((name) => [name, id === 'tied' ? 'b.weight' : `${id}.${name}`])),
  }))
  const namedWeights = new Map(['a.attention.weight', 'a.bias', 'b.weight'].map((key) => [key, { key }]))
  // An optimizer with groups has them in an order of its own.
  const tensors = [...namedWeights.values()]
  const optimizer = { params: [tensors[1], tensors[0], tensors[2]] }
  const model = { plan: { steps }, namedWeights }
  const health = layerHealth(model as unknown as Model, optimizer as unknown as optim.Optimizer, {
    weights: Float64Array.of(16, 9, 0),
    gradients: Float64Array.of(64, 36, 1),
    updates: Float64Array.of(0, 0.0025, 4),
  })
  expect(health).toEqual([
    { nodeId: 'a', title: 'A', gradientNorm: 10, weightNorm: 5, updateRatio: -2 },
    { nodeId: 'b', title: 'B', gradientNorm: 1, weightNorm: 0, updateRatio: null },
  ])
})
