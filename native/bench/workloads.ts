// The measured programs on this engine. Prints one JSON object. `torch_workloads.py` is its twin: same
// numbers in, same steps, so the loss curves can be compared before any time is.
import { argv } from 'node:process'
import { engineInfo, F, noGrad, optim, scope, setThreads, tensor, zeros } from '../../main/engine/index.ts'
import type { Tensor } from '../../main/engine/index.ts'

/** Number i of stream `seed` in -1..1: an integer hash, easily the same in both languages. */
function noise(seed: number, count: number, scale: number): Float32Array {
  const out = new Float32Array(count)
  for (let i = 0; i < count; i++) {
    let h = Math.imul(i + 1, 0x9e3779b1) ^ Math.imul(seed, 0x85ebca6b)
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
    h ^= h >>> 16
    out[i] = ((h >>> 0) / 2147483648 - 1) * scale
  }
  return out
}

const now = (): number => performance.now()
const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN

/** Median milliseconds of one call, after warming up. */
function measure(body: () => void, warm: number, rounds: number): number {
  for (let i = 0; i < warm; i++) body()
  const times: number[] = []
  for (let i = 0; i < rounds; i++) {
    const start = now()
    body()
    times.push(now() - start)
  }
  return median(times)
}

function mlp(batch: number): { losses: number[]; ms: number } {
  const parameter = (seed: number, shape: number[], fan: number): Tensor =>
    tensor(noise(seed, shape.reduce((a, b) => a * b), 1 / Math.sqrt(fan)), { shape, requiresGrad: true }) // prettier-ignore
  const w1 = parameter(1, [256, 784], 784)
  const b1 = zeros([256], { requiresGrad: true })
  const w2 = parameter(2, [10, 256], 256)
  const b2 = zeros([10], { requiresGrad: true })
  const batches = Array.from({ length: 8 }, (_, k) => ({
    x: tensor(noise(10 + k, batch * 784, 1), { shape: [batch, 784] }),
    y: tensor(Int32Array.from({ length: batch }, (_, i) => (i * 7 + k * 3) % 10)),
  }))
  const sgd = new optim.SGD([w1, b1, w2, b2], { lr: 0.05 })
  let at = 0
  const step = (): Tensor => {
    const { x, y } = batches[at++ % 8] as { x: Tensor; y: Tensor }
    const loss = F.crossEntropy(F.linear(F.linear(x, w1, b1).relu(), w2, b2), y)
    sgd.zeroGrad()
    loss.backward()
    sgd.step()
    return loss
  }
  const losses = Array.from({ length: 100 }, () => scope(() => step().item()))
  const ms = measure(() => scope(() => void step()), 200, 1500)
  return { losses, ms }
}

function add(): number {
  const a = tensor([1])
  const b = tensor([2])
  const ms = measure(() => noGrad(() => scope(() => { for (let i = 0; i < 1000; i++) a.add(b) })), 30, 200) // prettier-ignore
  return ms // of a thousand: microseconds of one
}

function chain(): number {
  const a = tensor([1], { requiresGrad: true })
  const b = tensor([1.0001])
  const ms = measure(
    () =>
      scope(() => {
        let c = a
        for (let i = 0; i < 100; i++) c = c.mul(b)
        c.backward()
      }),
    200,
    1000,
  )
  return (ms * 1000) / 100
}

setThreads(Number(argv[2] ?? 2))
const small = mlp(32)
const large = mlp(128)
console.log(
  JSON.stringify({
    engine: engineInfo(),
    losses: { mlp32: small.losses, mlp128: large.losses },
    times: { mlp32_ms: small.ms, mlp128_ms: large.ms, add_us: add(), chain_us: chain() },
  }),
)
