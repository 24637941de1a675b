/** What the rewrites of a model gain, measured: plain and rewritten take turns on the same batches; nothing is updated. */
import { performance } from 'node:perf_hooks'
import type { RewriteGain } from '../common/inspection.ts'
import { rewrites } from '../common/rewrites/index.ts'
import { manualSeed, noGrad, scope } from '../engine/index.ts'
import { Batches } from './batches.ts'
import { deviceOf } from './device.ts'
import { Model } from './model.ts'
import { objectiveOf, type Objective } from './objective.ts'
import { inPrecision } from './precision.ts'
import type { Questions } from './questions.ts'

/** Rounds at most, and milliseconds after which no further one begins. */
const mostRounds = 30
const budget = 2500

/** @throws UserError `model/problems`, `TAPE_MEMORY` when a step does not fit */
export function measureRewrites({
  document,
  dataset,
  datasetFolder,
  config,
}: Questions['measure-rewrites']['asked']): RewriteGain {
  const device = deviceOf(config.device)
  const batches = new Batches(dataset, datasetFolder, device)
  const all = rewrites.map(({ id }) => id)
  const models = [all, config.disabledRewrites].map((disabled) => {
    manualSeed(config.seed)
    return new Model(document, dataset, disabled, [], device)
  })
  const objectives = models.map((model) => objectiveOf(dataset, model))
  const order = batches.epoch(config, 1)
  const times: { training: number[]; evaluation: number[] }[] = models.map(() => ({
    training: [],
    evaluation: [],
  }))
  try {
    const began = performance.now()
    let rounds = 0
    while (rounds < mostRounds && performance.now() - began < budget) {
      const indices = order[rounds % order.length] ?? new Uint32Array()
      // Whoever comes second finds the batch in the cache: each is second half of the time.
      for (const turn of rounds % 2 === 0 ? [0, 1] : [1, 0])
        scope(() => {
          const model = models[turn] as Model
          const { inputs, extents, targets } = batches.take(indices)
          const started = performance.now()
          const objective = objectives[turn] as Objective
          const loss = inPrecision(config, device, () =>
            objective.loss(model.forward(inputs, true, extents), targets),
          )
          loss.backward()
          const trained = performance.now()
          for (const weight of model.namedWeights.values()) weight.grad = null
          const before = performance.now()
          inPrecision(config, device, () => noGrad(() => model.forward(inputs, false, extents)))
          times[turn]?.training.push(trained - started)
          times[turn]?.evaluation.push(performance.now() - before)
        })
      rounds++
    }
    const of = (which: 'training' | 'evaluation'): RewriteGain['training'] => ({
      withoutMs: median(times[0]?.[which] ?? []),
      withMs: median(times[1]?.[which] ?? []),
    })
    return { batchSize: config.batchSize, rounds, training: of('training'), evaluation: of('evaluation') }
  } finally {
    for (const objective of objectives) objective.dispose()
    for (const model of models) model.dispose()
    batches.dispose()
  }
}

/** Without the first, which makes plans and buffers that later ones reuse. */
function median(times: readonly number[]): number {
  const settled = times.length > 2 ? times.slice(1) : times
  return settled.toSorted((a, b) => a - b)[settled.length >> 1] ?? 0
}
