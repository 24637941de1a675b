/**
 * Random calls over the whole public face, run by fuzz.test.ts in a process of its own:
 *
 *     node main/engine/fuzz/fuzz.ts SEED CALLS FILE
 *
 * Before each call its text goes into FILE: after a crash that is the one. Prints a JSON report.
 */
import { openSync, writeSync } from 'node:fs'
import * as engine from '../index.ts'
import { native } from '../addon.ts'
import { makeArguments } from './arguments.ts'
import { findCallables } from './callables.ts'
import type { Callable } from './callables.ts'
import { pick, setSeed } from './random.ts'
import { describeValue, emptyPool, fillPool, FuzzError, randomTensor, refreshPool, takeResult } from './values.ts' // prettier-ignore

export interface FuzzReport {
  calls: number
  /** Calls that returned; the rest threw as they should. */
  returned: number
  callables: number
  /** What was called and never returned: how often, and what the last call threw. */
  neverReturned: string[]
  /** What must not be: `callable: what happened`, each once, with how often and the first call. */
  faults: Record<string, { count: number; first: string }>
}

interface Tried {
  calls: number
  returned: number
  /** The last error. */
  threw: string
}

/**
 * Errors the engine may throw: with a code, or a TypeError or RangeError, always saying where. Schedules are plain
 * arithmetic without native state; theirs may also be JavaScript's own complaint about an argument.
 */
function isExpected(error: unknown, callable: string): boolean {
  if (error instanceof FuzzError) return true
  if (!(error instanceof Error)) return false
  const { code } = error as { code?: unknown }
  const says = /^\[[\w. ]+\] /.test(error.message)
  if (typeof code === 'string') return says && /^TAPE_[A-Z]+$/.test(code)
  return (
    (error instanceof TypeError || error instanceof RangeError) &&
    (says || /^optim.(schedule|ParamGroup)/.test(callable))
  )
}

function live(): string {
  const { liveTensors, liveNodes } = engine.memoryStats()
  return `${engine.liveTensors()} handles, ${liveTensors} tensors, ${liveNodes} nodes`
}

export function fuzz(seed: number, calls: number, file: string): FuzzReport {
  setSeed(seed)
  engine.manualSeed(seed)
  const log = openSync(file, 'w')
  const callables = findCallables()
  const tried = new Map<string, Tried>(
    callables.map(({ name }) => [name, { calls: 0, returned: 0, threw: '' }]),
  )
  const report: FuzzReport = { calls: 0, returned: 0, callables: callables.length, neverReturned: [], faults: {} } // prettier-ignore
  const fault = (what: string, call: string): void => {
    const entry = (report.faults[what] ??= { count: 0, first: call })
    entry.count++
  }

  /** One random call; returns its text. */
  const callOne = (callable: Callable): string => {
    const self = randomTensor()
    const args = makeArguments(callable, self)
    const text = `${callable.name} on ${describeValue(self)} with (${args.map((arg) => describeValue(arg)).join(', ')})`
    writeSync(log, `seed ${seed} call ${report.calls}: ${text}`.padEnd(2000).slice(0, 2000), 0)
    const counts = tried.get(callable.name) as Tried
    report.calls++
    counts.calls++
    try {
      const result = callable.call(self, args)
      report.returned++
      counts.returned++
      takeResult(result)
      if (result instanceof Promise) result.catch(() => 0)
    } catch (error) {
      counts.threw = String(error)
      if (!isExpected(error, callable.name)) {
        const { name, message } = error instanceof Error ? error : { name: 'thrown', message: String(error) }
        fault(`${callable.name}: ${name}: ${message.slice(0, 160)}`, text)
      }
    }
    if (!engine.isGradEnabled() || native.inCheckpoint()) {
      fault(`${callable.name}: left a mode behind`, text)
      native.setGradEnabled(true)
    }
    return text
  }

  engine.setMemoryLimit(64 << 20)
  while (report.calls < calls) {
    const before = live()
    const round: string[] = []
    engine.scope(() => {
      fillPool()
      for (let i = 0; i < 50 && report.calls < calls; i++) {
        round.push(callOne(pick(callables)))
        refreshPool()
      }
      emptyPool()
    })
    if (live() !== before) fault(`leak: ${before} before a round, ${live()} after it`, round.join('\n'))
  }
  engine.setMemoryLimit(0)
  for (const [name, counts] of tried)
    if (counts.calls > 0 && counts.returned === 0)
      report.neverReturned.push(`${name}, ${counts.calls} calls: ${counts.threw}`)
  return report
}

if (process.argv[1]?.endsWith('fuzz.ts')) {
  const [seed = '1', calls = '1000', file = '/dev/null'] = process.argv.slice(2)
  process.stdout.write(JSON.stringify(fuzz(Number(seed), Number(calls), file)))
}
