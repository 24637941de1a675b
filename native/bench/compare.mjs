// Measures this engine against PyTorch, both in one interleaved run, and prints a table:
//
//   npm run bench -- [--python python3] [--processes 5] [--threads 2] [--seconds 2] [--only cnn,lstm] [--write]
//
// Each row runs in processes of its own, ours and PyTorch's in turn. Loss curves are compared first; a row whose
// curves differ by more than 1e-4 is not timed. --write appends the table to RESULTS.md.
import { spawnSync } from 'node:child_process'
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { rows } from './table.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const { values: options } = parseArgs({
  options: {
    python: { type: 'string', default: 'python3' },
    processes: { type: 'string', default: '5' },
    threads: { type: 'string', default: '2' },
    seconds: { type: 'string', default: '2' },
    only: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
})

function run(command, script, row, steps) {
  const args = [join(here, script), row.name, options.threads, String(steps), options.seconds]
  const result = spawnSync(command, args, {
    encoding: 'utf8',
    env: { ...process.env, OMP_NUM_THREADS: options.threads },
  })
  if (result.status !== 0)
    throw new Error(`[bench] ${command} ${script} ${row.name} failed:\n${result.stderr || result.error}`)
  return JSON.parse(result.stdout.trim().split('\n').at(-1))
}

const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1]
const shown = (list) => `${median(list).toPrecision(3)} (${Math.min(...list).toPrecision(3)})`

/** The largest relative distance of two loss curves. */
function distance(ours, theirs) {
  return Math.max(0, ...ours.map((loss, i) => Math.abs(loss / theirs[i] - 1)))
}

/** One line of the table; writes what it sees to stderr as it goes. */
function compare(row) {
  const ours = []
  const theirs = {}
  let apart = 0
  let engine
  let version
  for (let process_ = 0; process_ < Number(options.processes); process_++) {
    const steps = process_ === 0 ? row.steps : 0
    const a = run(process.execPath, 'run.ts', row, steps)
    const b = run(options.python, 'torch/run.py', row, steps)
    engine = a.engine
    version = b.version
    if (process_ === 0) apart = Math.max(...Object.values(b.losses).map((curve) => distance(a.losses, curve)))
    if (!(apart < 1e-4)) return { row, apart, engine, version }
    const unit = (ms) => (ms * (row.unit === 'us' ? 1000 : 1)) / row.per
    ours.push(unit(a.ms))
    for (const [way, ms] of Object.entries(b.times)) (theirs[way] ??= []).push(unit(ms))
  }
  const ways = Object.keys(theirs).sort((a, b) => median(theirs[a]) - median(theirs[b]))
  const best = theirs[ways[0]]
  // Of neighbours in time, so that a machine that drifts slows both.
  const ratio = median(ours.map((time, i) => time / best[i]))
  const least = Math.min(...ours) / Math.min(...best)
  return { row, apart, engine, version, ours, theirs, ways, ratio, least }
}

function line({ row, apart, ours, theirs, ways, ratio, least }) {
  const name = `${row.title}, ${row.unit}`
  if (!ours) return `| ${name} | | loss curves differ by ${apart.toExponential(1)} | | | ${row.target} | no |`
  const others = ways.map((way) => (ways.length > 1 ? `${way} ` : '') + shown(theirs[way])).join(', ')
  const reached = ratio <= row.target ? 'yes' : 'no'
  return `| ${name} | ${shown(ours)} | ${others} | ${ratio.toFixed(2)} | ${least.toFixed(2)} | ${row.target} | ${reached} |`
}

/** Whether the processor multiplies bfloat16 itself; elsewhere such a row says nothing. */
function hasBfloat16() {
  return existsSync('/proc/cpuinfo') && /avx512_bf16|amx_bf16/.test(readFileSync('/proc/cpuinfo', 'utf8'))
}

const wanted = options.only?.split(',')
const unknown = wanted?.filter((name) => !rows.some((row) => row.name === name)) ?? []
if (unknown.length > 0)
  throw new Error(`[bench] no row ${unknown.join(', ')}, there are ${rows.map((row) => row.name).join(', ')}`)

const results = []
const notes = []
for (const row of rows.filter((row) => wanted?.includes(row.name) ?? true)) {
  if (row.bf16 && !hasBfloat16()) {
    notes.push(`${row.title}: not measured, this processor has no bfloat16 arithmetic.`)
    continue
  }
  const result = compare(row)
  console.error(line(result))
  results.push(result)
}
if (results.length === 0) throw new Error(`[bench] nothing was measured. ${notes.join(' ')}`)

const { engine, version } = results[0]
const learned = results.filter((result) => result.row.steps > 0)
const text = [
  `${options.threads} threads on ${cpus()[0]?.model.trim()}, ${cpus().length} cores, ${engine.instructionSet}; ${engine.build}, oneDNN`,
  `${engine.oneDNN ?? 'none'}; PyTorch ${version}; ${options.processes} processes each. Median over the processes (minimum in brackets).`,
  ...learned.map(({ row, apart }) => `- ${row.name}: curves within ${apart.toExponential(1)} over ${row.steps} steps`), // prettier-ignore
  ...notes.map((note) => `- ${note}`),
  '',
  '| step | ours | PyTorch | ratio | of minima | target | reached |',
  '|---|---|---|---|---|---|---|',
  ...results.map(line),
].join('\n')
console.log(text)
if (options.write) {
  const date = new Date().toISOString().slice(0, 10)
  appendFileSync(join(here, 'RESULTS.md'), `\n## ${date}\n\n${text}\n`)
}
process.exitCode = results.every(({ ours }) => ours) ? 0 : 1
