import { afterEach, expect, it } from 'vitest'
import { emptyDocument, type ModelDocument } from '../common/document.ts'
import { exampleDataset } from '../common/data/datasetFixture.ts'
import { chain } from '../common/templates.ts'
import {
  F,
  liveTensors,
  manualSeed,
  memoryStats,
  noGrad,
  rand,
  resetPeakMemory,
  scope,
  tensor,
  type Tensor,
} from '../engine/index.ts'
import { Model } from './model.ts'

const dataset = (sampleShape: number[], classes: number) =>
  exampleDataset({
    sampleShape,
    classes: Array.from({ length: classes }, (_, i) => ({ name: String(i), train: 1, validation: 1 })),
    trainCount: classes,
    validationCount: classes,
  })

let model: Model | null = null
afterEach(() => {
  model?.dispose()
  model = null
  expect(liveTensors()).toBe(0)
})

const deep = (layers: number): ModelDocument =>
  chain('deep', [
    ['input', 'input'],
    ...Array.from(
      { length: layers },
      (_, i) => [`l${i}`, 'linear', { outFeatures: 64, bias: false }] as const,
    ),
    ['logits', 'linear', { outFeatures: 4 }],
    ['output', 'output'],
  ])

it('lets results go when their last reader has run', () => {
  model = new Model(deep(6), dataset([64], 4))
  const weights = liveTensors()
  scope(() => {
    const input = rand([32, 64])
    const output = noGrad(() => model?.forward(input, false))
    expect(output?.shape).toEqual([32, 4])
    // The weights, the batch and the result.
    expect(liveTensors()).toBe(weights + 2)
  })
})

it('holds a chain without gradients in the memory of two results, whatever its length', () => {
  const peak = (layers: number): number => {
    const own = new Model(deep(layers), dataset([64], 4))
    try {
      return scope(() => {
        const input = rand([512, 64])
        resetPeakMemory()
        const before = memoryStats().activeBytes
        noGrad(() => own.forward(input, false))
        return memoryStats().peakBytes - before
      })
    } finally {
      own.dispose()
    }
  }
  expect(peak(12)).toBe(peak(3))
})

it('trains through early freed results, passed-on inputs and shared weights alike', () => {
  // Dropout with p = 0 and Flatten of a row give their input back; one weight is used twice.
  const document: ModelDocument = {
    ...emptyDocument(),
    ...chain('shared', [
      ['input', 'input'],
      ['flatten', 'flatten'],
      ['a', 'linear', { outFeatures: 8 }],
      ['dropout', 'dropout', { p: 0 }],
      ['relu', 'relu'],
      ['b', 'linear', { outFeatures: 8 }],
      ['output', 'output'],
    ]),
    ties: [{ node: 'b', weight: 'weight', source: { node: 'a', weight: 'weight' } }],
  }
  manualSeed(1)
  model = new Model(document, dataset([8], 8))
  expect([...model.namedWeights.keys()]).toEqual(['a.weight', 'a.bias', 'b.bias'])
  scope(() => {
    const x = rand([4, 8])
    const loss = F.crossEntropy(model?.forward(x, true) as never, tensor([0, 1, 2, 3], { dtype: 'int64' }))
    loss.backward()
    const [weight, bias] = [...(model?.namedWeights.values() ?? [])]
    if (!weight || !bias) throw new Error('no weights')
    const last = model?.tensors.get('b.bias')
    const logits = F.linear(F.linear(x, weight, bias).relu(), weight, last as never)
    const again = F.crossEntropy(logits, tensor([0, 1, 2, 3], { dtype: 'int64' }))
    expect(loss.item()).toBe(again.item())
    const gradientOf = (of: Tensor): number[] | undefined => of.grad?.toArray()
    const gradient = gradientOf(weight)
    weight.grad = null
    again.backward()
    expect(gradientOf(weight)).toEqual(gradient)
  })
})
