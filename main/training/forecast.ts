/** What a training step takes, measured: a few real steps on the real data, whose updates are thrown away. */
import { performance } from 'node:perf_hooks'
import type { Forecast } from '../common/inspection.ts'
import type { Dataset } from '../common/data/dataset.ts'
import {
  cudaInfo,
  deviceMemory,
  manualSeed,
  memoryOn,
  resetPeakMemory,
  scope,
  type Device,
} from '../engine/index.ts'
import { Batches } from './batches.ts'
import { deviceOf } from './device.ts'
import { Model } from './model.ts'
import { objectiveOf } from './objective.ts'
import { makeOptimizer } from './optimizer.ts'
import { inPrecision } from './precision.ts'
import type { Questions } from './questions.ts'

/** Steps at most, and milliseconds after which no further one begins. */
const mostSteps = 12
const budget = 1500

/** @throws UserError `model/problems`, `TAPE_MEMORY` when a step does not fit */
export function forecast({
  document,
  dataset,
  datasetFolder,
  config,
}: Questions['forecast']['asked']): Forecast {
  manualSeed(config.seed)
  const device = deviceOf(config.device)
  const batches = new Batches(dataset, datasetFolder, device)
  // The data set itself is there whatever the model is.
  const base = memoryOn(device).activeBytes
  const model = new Model(document, dataset, config.disabledRewrites, [], device)
  const objective = objectiveOf(dataset, model)
  const optimizer = makeOptimizer([...model.namedWeights.values()], config)
  const order = largestFirst(batches, batches.epoch(config, 1))
  let largest: Forecast['largest'] | null = null
  const stepsPerEpoch = order.length
  const times: number[] = []
  try {
    const began = performance.now()
    resetPeakMemory()
    for (let step = 0; step < mostSteps && performance.now() - began < budget; step++) {
      const started = performance.now()
      scope(() => {
        const { inputs, extents, targets, size } = batches.take(
          order[step % stepsPerEpoch] ?? new Uint32Array(),
        )
        largest ??= { size, sizes: symbolsIn(dataset, inputs.shape.slice(1)) }
        const loss = inPrecision(config, device, () =>
          objective.loss(model.forward(inputs, true, extents), targets),
        )
        loss.item()
        optimizer.zeroGrad()
        loss.backward()
        optimizer.step()
      })
      times.push(performance.now() - started)
    }
    // The first step is the largest, and makes plans and buffers that later ones reuse.
    const settled = times.length > 2 ? times.slice(1) : times
    const stepMs = settled.toSorted((a, b) => a - b)[settled.length >> 1] ?? 0
    return {
      batchSize: config.batchSize,
      steps: times.length,
      stepMs,
      stepsPerEpoch,
      epochSeconds: (stepMs * stepsPerEpoch) / 1000,
      largest: largest ?? { size: 0, sizes: {} },
      peakBytes: memoryOn(device).peakBytes - base,
      gpu: device === 'cpu' ? null : gpuRoom(device),
    }
  } finally {
    optimizer.dispose()
    objective.dispose()
    model.dispose()
    batches.dispose()
  }
}

/** What it could hold: free, or held here. */
function gpuRoom(device: Exclude<Device, 'cpu'>): NonNullable<Forecast['gpu']> {
  const { freeBytes, activeBytes, cachedBytes } = deviceMemory(device)
  return {
    name: cudaInfo().device?.name ?? device,
    availableBytes: freeBytes + activeBytes + cachedBytes,
  }
}

/** The batch that takes most memory in front, the others in their order. */
function largestFirst(batches: Batches, order: readonly Uint32Array[]): readonly Uint32Array[] {
  const values = order.map((rows) => batches.values(rows))
  const first = values.indexOf(Math.max(...values))
  return first <= 0 ? order : [order[first] as Uint32Array, ...order.filter((_, index) => index !== first)]
}

/** What the symbols of a data set's sample shape are in a batch. */
const symbolsIn = ({ sampleShape }: Dataset, shape: readonly number[]): Record<string, number> =>
  Object.fromEntries(
    sampleShape.flatMap((size, axis) =>
      typeof size === 'string' ? [[size, shape[axis] ?? 0] as const] : [],
    ),
  )
