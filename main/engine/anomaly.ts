import { native } from './addon.ts'
import { needFunction } from './guard.ts'

let trace: (() => string) | undefined

/** Where user code called the op that is being recorded: the stack without the engine's own frames. */
function callSite(): string {
  const lines = new Error('trace').stack?.split('\n').slice(1) ?? []
  return lines
    .filter((line) => !/[\\/](anomaly|tensor|function|functional[\\/]\w+)\.ts:/.test(line))
    .join('\n')
}

/**
 * Runs `body` and throws at the first op that makes a NaN or an infinity out of finite numbers, in forward or
 * in backward: an Error with code `TAPE_ANOMALY` that names the op, with shapes and statistics (min, max, mean
 * of the finite elements, count of NaN and inf) of what went in and came out. Infinities that are put in by
 * hand, as masks are, pass. With `trace` a fault in backward also shows where the op was called; that and the
 * checks are slow, so use it to look for a fault, not to train.
 */
export function detectAnomaly<T>(body: () => T, options: { trace?: boolean } = {}): T {
  needFunction('detectAnomaly', body)
  const outer = trace
  trace = options?.trace ? callSite : outer
  const before = native.setAnomaly(true, trace)
  try {
    return body()
  } finally {
    trace = outer
    native.setAnomaly(before, outer)
  }
}
