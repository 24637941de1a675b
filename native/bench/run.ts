// run.ts NAME THREADS STEPS SECONDS: losses of STEPS steps, then the median milliseconds of a step measured for
// SECONDS. Prints one JSON object. torch/run.py is its twin.
// run.ts NAME THREADS STEPS profile: where the time of STEPS steps goes.
import { argv } from 'node:process'
import { engineInfo, profile, scope, setThreads } from '../../main/engine/index.ts'
import type { Tensor } from '../../main/engine/index.ts'
import type { Step } from './source.ts'
import { adamw } from './workloads/adamw.ts'
import { cnn } from './workloads/cnn.ts'
import { gpt } from './workloads/gpt.ts'
import { lstm, lstmCell } from './workloads/lstm.ts'
import { mlp } from './workloads/mlp.ts'
import { resnet } from './workloads/resnet.ts'
import { add, chain } from './workloads/tiny.ts'

const programs: Record<string, () => Step> = {
  add,
  chain,
  mlp32: () => mlp({ batch: 32 }),
  mlp128: () => mlp({ batch: 128 }),
  cnn: () => cnn({ batch: 64 }),
  resnet18: () => resnet({ batch: 16 }),
  'resnet18-bf16': () => resnet({ batch: 16, bf16: true }),
  lstm: () => lstm({ batch: 32 }),
  'lstm-bf16': () => lstm({ batch: 32, bf16: true }),
  'lstm-cell': () => lstmCell(),
  gpt: () => gpt({ batch: 8 }),
  'gpt-bf16': () => gpt({ batch: 8, bf16: true }),
  adamw: () => adamw(),
}

/** Median milliseconds of a step, after a third of the time as warm-up. */
function measure(step: Step, seconds: number): number {
  const times: number[] = []
  const start = performance.now()
  for (;;) {
    const before = performance.now()
    scope(() => void step())
    const now = performance.now()
    if (now - start > seconds * 333) times.push(now - before)
    if (now - start > seconds * 1333 && times.length >= 3)
      return times.toSorted((a, b) => a - b)[times.length >> 1] as number
  }
}

const [name = '', threads, steps, seconds] = argv.slice(2)
const make = programs[name]
if (!make) throw new Error(`[bench] no program ${name}, there are ${Object.keys(programs).join(', ')}`)
setThreads(Number(threads))
const step = make()
if (seconds === 'profile') {
  const count = Number(steps)
  const run = (): void => {
    for (let i = 0; i < count; i++) scope(() => void step())
  }
  run()
  for (const { op, pass, count: calls, ms } of profile(run))
    console.log(
      `${(ms / count).toFixed(3).padStart(9)} ms ${String(calls / count).padStart(6)} x ${op} ${pass}`,
    )
  process.exit()
}
// Where nothing is learned there is no loss; an optimizer alone is compared by the size of a parameter.
const read = (x: Tensor): number => (x.rank > 0 ? x.square().mean() : x).item()
const losses = Array.from({ length: Number(steps) }, () => scope(() => read(step())))
const ms = measure(step, Number(seconds))
console.log(JSON.stringify({ engine: engineInfo(), losses, ms }))
