/** Rewritten plans against plain ones: the same outputs and gradients, on random documents with every pattern in them. */
import { describe, expect, it } from 'vitest'
import { emptyDocument, type ModelDocument } from '../common/document.ts'
import { addNode, connect } from '../common/edit.ts'
import type { Parameters } from '../common/layer.ts'
import { planOf } from '../common/plan.ts'
import { enabledRewrites, rewrite, rewrites } from '../common/rewrites/index.ts'
import type { Dataset } from '../common/data/dataset.ts'
import { exampleDataset } from '../common/data/datasetFixture.ts'
import { checkedAnalysis } from '../common/trainable.ts'
import { F, keep, manualSeed, noGrad, randn, scope, tensor, type Tensor } from '../engine/index.ts'
import { Model } from './model.ts'

const allOff = rewrites.map(({ id }) => id)

const datasetOf = (sampleShape: number[]) => exampleDataset({ sampleShape })

/** A document that grows at its end. */
class Chain {
  document: ModelDocument = emptyDocument('Random')
  end = ''

  add(kind: string, parameters: Parameters = {}, ...from: string[]): string {
    const added = addNode(this.document, kind, { x: 0, y: 0 }, parameters)
    const sources = from.length > 0 ? from : this.end === '' ? [] : [this.end]
    const ports = kind === 'custom' ? ['x'] : sources.length > 1 ? ['a', 'b'] : ['input']
    this.document = sources.reduce((document, node, i) => {
      const wired = connect(document, { node, port: 'output' }, { node: added.id, port: ports[i] ?? '' })
      if ('refused' in wired) throw new Error(wired.refused)
      return wired.document
    }, added.document)
    return (this.end = added.id)
  }
}

function randomDocument(random: (below: number) => number, images: boolean): ModelDocument {
  const chain = new Chain()
  chain.add('input')
  const widen = (): void => {
    if (!images) chain.add('linear', { outFeatures: 4 + random(5), bias: random(3) > 0 })
    else if (random(3) === 0) chain.add('depthwise-conv2d', {})
    else chain.add('conv2d', { outChannels: 2 + random(4), bias: random(2) === 0 })
  }
  const written = [
    'y = x * sigmoid(x)',
    'y = log(1 + exp(x))',
    'y = 0.5 * x * (1 + erf(x / sqrt(2)))',
    'y = x * 2',
  ]
  for (let layer = 0; layer < 3; layer++) {
    widen()
    const before = chain.end
    if (images && random(3) > 0) chain.add('batch-norm', { affine: random(3) > 0 })
    switch (random(6)) {
      case 0:
        chain.add('sigmoid')
        chain.add('multiply', {}, chain.end, chain.document.wires.at(-1)?.from.node ?? before)
        break
      case 1:
        chain.add('custom', { inputs: 'x', forward: written[random(written.length)] ?? '' })
        break
      case 2: {
        // Read twice: the sum needs what comes before the ReLU.
        const shared = chain.end
        chain.add('add', {}, chain.add('relu'), shared)
        break
      }
      default:
        chain.add('relu')
        if (random(3) === 0) chain.add('relu')
    }
    if (random(3) === 0) chain.add('dropout', { p: 0 })
  }
  chain.add('flatten')
  if (random(2) === 0) chain.add('flatten')
  chain.add('linear', { outFeatures: 3 })
  switch (random(4)) {
    case 0:
      chain.add('custom', { forward: random(2) === 0 ? 'y = log(softmax(x, -1))' : 'y = log(softmax(x, 1))' })
      break
    case 1:
      chain.add('softmax')
      chain.add('custom', { forward: 'y = log(x)' })
      break
    case 2:
      // A softmax alone means something else, and stays.
      chain.add('softmax')
  }
  chain.add('output')
  return chain.document
}

function inDouble(model: Model): Model {
  const tensors = model.tensors as Map<string, Tensor>
  for (const [key, held] of tensors) {
    const double = keep(held.detach().to('float64'))
    double.requiresGrad = held.requiresGrad
    tensors.set(key, double)
    held.dispose()
  }
  return model
}

const list = (x: Tensor): Float64Array => x.toTypedArray() as Float64Array

function expectSame(ours: Tensor, theirs: Tensor, what: string): void {
  const [a, b] = [list(ours), list(theirs)]
  const scale = b.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3)
  const apart = a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] ?? NaN))), 0)
  expect(apart / scale, what).toBeLessThan(1e-6)
}

/** Output and gradients of every weight in training, then the output of evaluation. */
function compare(document: ModelDocument, dataset: Dataset): void {
  scope(() => {
    const made = [allOff, []].map((disabled) => {
      manualSeed(7)
      return inDouble(new Model(document, dataset, disabled))
    }) as [Model, Model]
    manualSeed(8)
    const input = randn([4, ...dataset.sampleShape.map(Number)], { dtype: 'float64' })
    const labels = tensor([0, 1, 2, 0], { dtype: 'int64' })
    const outputs = made.map((model) => {
      const output = model.forward(input, true)
      F.crossEntropy(output, labels).backward()
      return output
    }) as [Tensor, Tensor]
    const [plain, quick] = made
    // Scores of which all classes' are larger by one number are the same to every loss and figure.
    const scores = (output: Tensor): Tensor => output.logSoftmax(1)
    expectSame(scores(outputs[1]), scores(outputs[0]), 'output')
    expect([...quick.tensors.keys()]).toEqual([...plain.tensors.keys()])
    for (const [key, weight] of plain.namedWeights)
      expectSame(quick.namedWeights.get(key)?.grad as Tensor, weight.grad as Tensor, `gradient of ${key}`)
    noGrad(() => {
      const [ours, theirs] = [quick.forward(input, false), plain.forward(input, false)]
      expectSame(scores(ours), scores(theirs), 'evaluation')
    })
    for (const model of made) model.dispose()
  })
}

describe('rewritten plans', () => {
  let state = 20260303
  const random = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
  const cases = Array.from({ length: 60 }, (_, i) => {
    const images = i % 2 === 0
    return { document: randomDocument(random, images), dataset: datasetOf(images ? [2, 5, 6] : [6]) }
  })

  it('give the same outputs and gradients as plain ones, 60 random documents', () => {
    for (const { document, dataset } of cases) compare(document, dataset)
  })

  it('have every rule in them, and find each where it is switched off', () => {
    const counts = (disabled: readonly string[]): Record<string, number> => {
      const total: Record<string, number> = {}
      for (const { document, dataset } of cases) {
        const plan = planOf(checkedAnalysis(document, dataset))
        const { plan: made, found } = rewrite(plan, enabledRewrites(disabled), 'inference')
        expect(made.weights).toBe(plan.weights)
        if (disabled.length > 0) expect(made).toBe(plan)
        for (const one of found) total[one.rewrite.id] = (total[one.rewrite.id] ?? 0) + one.matches.length
      }
      return total
    }
    const [on, off] = [counts([]), counts(allOff)]
    for (const id of allOff) {
      expect(on[id], id).toBeGreaterThan(8)
      expect(off[id], id).toBeGreaterThan(8)
    }
  })

  it('leave what is read twice, and a backward of one’s own, alone', () => {
    const chain = new Chain()
    chain.add('input')
    const shared = chain.add('linear', { outFeatures: 4 })
    chain.add('add', {}, chain.add('relu'), shared)
    chain.add('custom', { forward: 'y = x * sigmoid(x)', backward: 'grad_x = grad' })
    chain.add('linear', { outFeatures: 3 })
    chain.add('output')
    const plan = planOf(checkedAnalysis(chain.document, datasetOf([6])))
    expect(rewrite(plan, enabledRewrites([]), 'inference').plan).toBe(plan)
  })
})
