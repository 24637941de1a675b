/** Forward and backward once over the first batch, with starting weights; every layer's result looked at. */
import { performance } from 'node:perf_hooks'
import type { NodeLook, OneBatch } from '../common/inspection.ts'
import { manualSeed, scope, type Tensor } from '../engine/index.ts'
import { Batches } from './batches.ts'
import { deviceOf } from './device.ts'
import { remarkOnFirst } from './firstLoss.ts'
import { Model } from './model.ts'
import { objectiveOf } from './objective.ts'
import { pictureOf } from './pictures.ts'
import type { Questions } from './questions.ts'

interface Seen {
  node: string
  result: Tensor
}

/** @throws UserError `model/problems` and what reading the data may refuse */
export function oneBatch({
  document,
  dataset,
  datasetFolder,
  batchSize,
  seed,
  device: choice,
}: Questions['one-batch']['asked']): OneBatch {
  manualSeed(seed)
  const device = deviceOf(choice)
  const batches = new Batches(dataset, datasetFolder, device)
  const model = new Model(document, dataset, [], [], device)
  const objective = objectiveOf(dataset, model)
  const [rows = new Uint32Array()] = batches.epoch({ batchSize, tokenBudget: null, balance: 'none', seed }, 1)
  try {
    return scope(() => {
      const { inputs, extents, targets, size } = batches.take(rows)
      const seen: Seen[] = []
      const started = performance.now()
      const output = model.forward(inputs, true, extents, (step, results) => {
        const [node = step.id] = step.nodes
        const [result] = Object.values(results)
        if (!result || seen.some((look) => look.node === node)) return
        if (result.requiresGrad) result.retainGrad()
        seen.push({ node, result })
      })
      const loss = objective.loss(output, targets)
      const value = loss.item()
      const forwarded = performance.now()
      loss.backward()
      const ended = performance.now()
      const expected = objective.guess(targets)
      return {
        size,
        loss: value,
        expectedLoss: expected.loss,
        remark: remarkOnFirst(value, size, expected),
        forwardMs: forwarded - started,
        backwardMs: ended - forwarded,
        nodes: seen.map(look),
      }
    })
  } finally {
    objective.dispose()
    model.dispose()
    batches.dispose()
  }
}

function look({ node, result }: Seen): NodeLook {
  const { shape, grad } = result
  const values = result.detach().to('float32')
  const count = shape.reduce((a, b) => a * b, 1)
  const finite = values.isfinite()
  const gradientNorm = grad ? grad.norm().item() : null
  const spread = count > 1 ? values.std(undefined, { correction: 0 }).item() : 0
  return {
    node,
    shape: [...shape],
    mean: count > 0 ? values.mean().item() : 0,
    spread,
    zeroShare: count > 0 ? values.eq(0).to('float32').mean().item() : 0,
    notFinite: count - finite.to('float32').sum().item(),
    gradientNorm,
    picture: pictureOf(values.narrow(0, 0, 1).toTypedArray() as Float32Array, shape),
  }
}
