// Whole models against PyTorch: the same weights and batches, 100 training steps, the same losses. The models are
// those of the benchmark (native/bench/workloads), small; the curves are written by native/tests/golden/models.py.
import { expect, test } from 'vitest'
import { cnn } from '../../native/bench/workloads/cnn.ts'
import { gpt } from '../../native/bench/workloads/gpt.ts'
import { lstm } from '../../native/bench/workloads/lstm.ts'
import { mlp } from '../../native/bench/workloads/mlp.ts'
import type { Step } from '../../native/bench/source.ts'
import golden from '../../native/tests/golden/models.json' with { type: 'json' }
import { liveTensors, scope } from './index.ts'
import type { DType } from './index.ts'

const small = {
  batch: 4,
  layers: 2,
  width: 32,
  heads: 4,
  time: 24,
  vocabulary: 40,
  lengths: [1, 24] as const,
}
const models: Record<string, (dtype: DType) => Step> = {
  mlp: (dtype) => mlp({ batch: 16, sizes: [64, 32, 10], dtype }),
  cnn: (dtype) => cnn({ batch: 8, channels: [8, 16], size: 12, dtype }),
  lstm: (dtype) =>
    lstm({ batch: 8, vocabulary: 50, embedding: 16, hidden: 24, layers: 2, lengths: [1, 20], dtype }),
  transformer: (dtype) => gpt({ ...small, dtype, packed: false }),
  'transformer, packed': (dtype) => gpt({ ...small, dtype, packed: true }),
}

const curves = golden as unknown as Record<string, number[]>
const cases = Object.keys(models).flatMap((name) => [
  { name, dtype: 'float32' as const, tolerance: 1e-4 },
  { name, dtype: 'float64' as const, tolerance: 1e-9 },
])

test.each(cases)('$name in $dtype repeats the losses of PyTorch', ({ name, dtype, tolerance }) => {
  const expected = curves[`${name.split(',')[0]} ${dtype}`] ?? []
  expect(expected.length).toBe(100)
  const step = models[name]!(dtype)
  const loss = (): number => scope(() => step().item())
  const losses = [loss()]
  const alive = liveTensors()
  while (losses.length < 100) losses.push(loss())
  const apart = losses.map((value, i) => Math.abs(value / expected[i]! - 1))
  expect(Math.max(...apart), `step ${apart.indexOf(Math.max(...apart))}`).toBeLessThan(tolerance)
  // Gradients live from the first step on, nothing else stays.
  expect(liveTensors()).toBe(alive)
})
