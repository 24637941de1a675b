// Measures this engine against PyTorch in one interleaved run and prints a table:
//
//   node native/bench/compare.mjs [--python python3] [--processes 5] [--threads 2]
//
// Loss curves are compared first; a run whose curves differ by more than 1e-4 is not timed.
import { spawnSync } from 'node:child_process'
import { cpus } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const here = dirname(fileURLToPath(import.meta.url))
const { values: options } = parseArgs({
  options: {
    python: { type: 'string', default: 'python3' },
    processes: { type: 'string', default: '5' },
    threads: { type: 'string', default: '2' },
  },
})

function run(command, script) {
  const result = spawnSync(command, [join(here, script), options.threads], {
    encoding: 'utf8',
    env: { ...process.env, OMP_NUM_THREADS: options.threads },
  })
  if (result.status !== 0) throw new Error(`[compare] ${command} ${script} failed:\n${result.stderr}`)
  return JSON.parse(result.stdout.trim().split('\n').at(-1))
}

const ours = []
const theirs = []
for (let i = 0; i < Number(options.processes); i++) {
  ours.push(run(process.execPath, 'workloads.ts'))
  theirs.push(run(options.python, 'torch_workloads.py'))
}

for (const [name, curve] of Object.entries(ours[0].losses)) {
  const other = theirs[0].losses[name]
  const worst = Math.max(...curve.map((loss, i) => Math.abs(loss / other[i] - 1)))
  console.log(`${name}: loss curves agree within ${worst.toExponential(1)} over ${curve.length} steps`)
  if (!(worst < 1e-4)) throw new Error(`[compare] ${name}: loss curves differ by ${worst}, nothing was timed`)
}

const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1]
const range = (list) => `${Math.min(...list).toFixed(3)}-${Math.max(...list).toFixed(3)}`
console.log(
  `\n${cpus()[0]?.model}, ${cpus().length} cores, ${options.threads} threads, ${options.processes} processes each`,
)
console.log(`engine ${JSON.stringify(ours[0].engine)}\nPyTorch ${theirs[0].engine.version}\n`)
console.log('| workload | ours (range) | PyTorch (range) | ratio |\n|---|---|---|---|')
for (const name of Object.keys(ours[0].times)) {
  const a = ours.map((result) => result.times[name])
  const b = theirs.map((result) => result.times[name])
  console.log(
    `| ${name} | ${median(a).toFixed(3)} (${range(a)}) | ${median(b).toFixed(3)} (${range(b)}) | ${(median(a) / median(b)).toFixed(2)} |`,
  )
}
