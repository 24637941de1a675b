/**
 * Trains an exported project on one process, on two under `torchrun`, and on two workers of Ray where that is installed, all
 * followed while they train: how long a line takes from the file to a row that is asked for, and whether all end alike.
 *
 *     node main/bench/follow.ts [--python PATH]
 *
 * It needs a Python with `resources/pytorch/requirements.txt`; for the job of Ray also `requirements-ray.txt`.
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { Run } from '../common/schemas.ts'
import { Bench } from '../workbenchFixture.ts'

const { values } = parseArgs({ options: { python: { type: 'string', default: 'python3' } } })
const python = values.python
const epochs = '8'
const folder = mkdtempSync(join(tmpdir(), 'tapedeck-bench-follow-'))
const shared = join(folder, 'shared')
mkdirSync(shared)
const bench = await Bench.open()
// The engine's worker keeps no process alive; waiting for it must.
const alive = setInterval(() => undefined, 60_000)
const { client } = bench

/** Median, the slowest of 95 in 100, and the slowest. */
const spread = (all: readonly number[]): string => {
  const sorted = all.toSorted((a, b) => a - b)
  const at = (share: number): string => (sorted[Math.floor(share * (sorted.length - 1))] ?? NaN).toFixed(0)
  return `${at(0.5)} ms median, ${at(0.95)} ms of 95 %, ${at(1)} ms at most`
}

/** The newest step that whole lines of a file tell; 0 where there is none. */
function stepIn(path: string): number {
  if (!existsSync(path)) return 0
  const text = readFileSync(path, 'utf8')
  const last =
    text
      .slice(0, Math.max(0, text.lastIndexOf('\n')))
      .split('\n')
      .at(-1) ?? ''
  return last === '' ? 0 : ((JSON.parse(last) as { step?: number }).step ?? 0)
}

interface Outcome {
  run: Run
  /** Milliseconds from a step's line to its row. */
  latencies: number[]
}

/** Runs a program that writes metrics to `name.jsonl`, and watches its run. */
async function watched(name: string, command: string, args: string[]): Promise<Outcome> {
  const path = join(shared, `${name}.jsonl`)
  const began = performance.now()
  const program = spawn(command, args, { cwd: project, stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  program.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-4000)))
  let code: number | null = null
  program.on('exit', (value) => (code = value ?? 1))
  const written: [step: number, at: number][] = []
  const latencies: number[] = []
  let newest = 0
  for (;;) {
    const now = performance.now()
    const step = stepIn(path)
    if (step > newest) written.push([(newest = step), now])
    const run = (await client.runs.list()).find(({ origin }) => origin?.path === path)
    if (run) {
      const seen = performance.now()
      const waiting = written.findIndex(([one]) => one > run.steps)
      for (const [, at] of written.splice(0, waiting < 0 ? written.length : waiting))
        latencies.push(seen - at)
      if (run.status === 'finished') {
        process.stdout.write(
          `${name}: ${run.steps} steps in ${((now - began) / 1000).toFixed(1)} s; from line to row ${spread(latencies)}\n`,
        )
        return { run, latencies }
      }
    }
    for await (const [followed] of await client.follow.watch()) {
      if (followed?.problem) throw new Error(followed.problem.what)
      break
    }
    if (code !== null && code !== 0) throw new Error(`${name} failed:\n${said}`)
    await wait(10)
  }
}

const dataset = await bench.importSample('digits')
const first = await bench.start(dataset, { epochs: 1 })
await bench.ended(first)
const project = join(folder, 'project')
for await (const _ of await client.export.model({ runId: first, folder: project, format: 'pytorch' }));
await client.follow.start({ path: shared })
const held = monitorEventLoopDelay({ resolution: 5 })
held.enable()

const options = ['--epochs', epochs]
const outcomes = [
  await watched('one', python, ['train.py', ...options, '--metrics', join(shared, 'one.jsonl')]),
]
const torchrun = [
  '-m',
  'torch.distributed.run',
  '--nproc-per-node',
  '2',
  '--master-port',
  '29517',
  'train.py',
]
outcomes.push(await watched('two', python, [...torchrun, ...options, '--metrics', join(shared, 'two.jsonl')]))
const heldMost = held.max
held.disable()
if (spawnSync(python, ['-c', 'import ray.train.torch']).status === 0)
  outcomes.push(
    await watched('ray', python, [
      'ray_train.py',
      '--workers',
      '2',
      ...options,
      '--metrics',
      join(shared, 'ray.jsonl'),
    ]),
  )
else process.stdout.write('ray is not installed here\n')

process.stdout.write(`main thread held ${(heldMost / 1e6).toFixed(0)} ms at most\n`)
const [one] = outcomes.map(({ run }) => run.summaries['val/loss']?.last ?? NaN)
let failed = false
for (const { run } of outcomes) {
  const loss = run.summaries['val/loss']?.last ?? NaN
  const accuracy = run.summaries['val/accuracy']?.last ?? NaN
  const alike = Math.abs(loss - one!) <= 1e-4 * Math.max(1, one!)
  const rooted = run.parent?.runId === first
  failed ||= !alike || !rooted
  process.stdout.write(
    `${alike && rooted ? 'ok  ' : 'FAIL'} ${run.name}: val/loss ${loss.toFixed(6)}, val/accuracy ${accuracy.toFixed(4)}\n`,
  )
}
clearInterval(alive)
await bench.remove()
rmSync(folder, { recursive: true, force: true })
process.exitCode = failed ? 1 : 0
