/**
 * Follows a file of metrics that is large already: how long it takes until everything stands in the table, how much memory,
 * and what others wait for meanwhile.
 *
 *     node main/bench/followLarge.ts [MEGABYTES [FOLDER]]
 *
 * The file, and the workspace that it is read into, lie in FOLDER.
 */
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as wait } from 'node:timers/promises'
import { Bench } from '../workbenchFixture.ts'

const [, , megabytes = '1000', parent = tmpdir()] = process.argv
const folder = mkdtempSync(join(parent, 'tapedeck-bench-follow-large-'))
const path = join(folder, 'metrics.jsonl')

/** @returns how many lines it has; five metrics each */
function write(bytes: number): number {
  const file = openSync(path, 'w')
  let step = 0
  for (let written = 0; written < bytes;) {
    const lines: string[] = []
    for (let i = 0; i < 10_000; i++) {
      step++
      const values = {
        'batch/loss': 2.3 / (1 + step * 1e-5) + 1e-3 * Math.sin(step),
        'batch/accuracy': 1 - 1 / (1 + step * 1e-5),
        'learning-rate': 1e-3 * (1 + Math.cos(step * 1e-6)),
        'grad/norm': 1 / (1 + (step % 97)),
        'samples-per-second': 1000 + (step % 500),
      }
      lines.push(JSON.stringify({ step, epoch: step / 10_000, time: 1.7e9 + step / 100, ...values }))
    }
    written += writeSync(file, `${lines.join('\n')}\n`)
  }
  closeSync(file)
  return step
}

const lines = write(Number(megabytes) * 1e6)
const { size } = statSync(path)
const bench = await Bench.open(join(folder, 'workspace'))
const { client } = bench
const held = monitorEventLoopDelay({ resolution: 5 })
const began = performance.now()
await client.follow.start({ path })
const waits: number[] = []
const memory: number[] = []
held.enable()
let read = 0
for (let told = 0; read < size;) {
  const asked = performance.now()
  await client.runs.list()
  waits.push(performance.now() - asked)
  memory.push(process.memoryUsage().rss / 1e6)
  for await (const [one] of await client.follow.watch()) {
    if (one?.problem) throw new Error(one.problem.what)
    read = one?.bytes.read ?? 0
    break
  }
  const share = Math.floor((10 * read) / size)
  if (share > told) {
    told = share
    const seconds = ((performance.now() - began) / 1000).toFixed(0)
    process.stdout.write(`${10 * share} % after ${seconds} s, ${memory.at(-1)!.toFixed(0)} MB\n`)
  }
  await wait(100)
}
held.disable()
const seconds = (performance.now() - began) / 1000
const [run] = await client.runs.list()
const sorted = waits.toSorted((a, b) => a - b)
const at = (share: number): string => sorted[Math.floor(share * (sorted.length - 1))]!.toFixed(0)
process.stdout.write(
  `${(size / 1e6).toFixed(0)} MB, ${lines} lines, in ${seconds.toFixed(0)} s: ${Math.round((5 * lines) / seconds)} points a second; ` +
    `step ${run?.steps} in the table; memory ${Math.max(...memory).toFixed(0)} MB at most; ` +
    `main thread held ${(held.percentile(99) / 1e6).toFixed(0)} ms (p99), ${(held.max / 1e6).toFixed(0)} at most; ` +
    `the list of runs in ${at(0.5)} ms (median), ${at(0.99)} (99 %), ${at(1)} at most\n`,
)
await bench.remove()
rmSync(folder, { recursive: true, force: true })
