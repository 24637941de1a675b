import { native } from './addon.ts'
import { needFunction } from './guard.ts'

export interface ProfileRow {
  /** The native entry point, or the op whose derivative ran. */
  op: string
  pass: 'forward' | 'backward'
  count: number
  /** All calls together. */
  ms: number
}

/**
 * Runs `body` and says where its time went, the longest first: every native call by name ('forward'; reading,
 * freeing and the optimizer among them), and every derivative by its op ('backward'; `backward` itself counts only
 * what the tape adds). Timing a call costs some 0.2 us, which tiny ops feel.
 */
export function profile(body: () => void): ProfileRow[] {
  needFunction('profile', body)
  const calls = new Map<string, ProfileRow>()
  const functions = native as unknown as Record<string, (...args: unknown[]) => unknown>
  const originals = Object.entries(functions)
  for (const [op, call] of originals) {
    const row: ProfileRow = { op, pass: 'forward', count: 0, ms: 0 }
    calls.set(op, row)
    functions[op] = (...args) => {
      const start = performance.now()
      try {
        return call(...args)
      } finally {
        row.count++
        row.ms += performance.now() - start
      }
    }
  }
  let counted: (string | number)[]
  native.startProfile()
  try {
    body()
  } finally {
    counted = native.stopProfile()
    for (const [op, call] of originals) functions[op] = call
  }
  calls.delete('startProfile')
  calls.delete('stopProfile')
  const rows: ProfileRow[] = []
  for (let i = 0; i < counted.length; i += 3) {
    const [op, count, ms] = counted.slice(i, i + 3) as [string, number, number]
    rows.push({ op, pass: 'backward', count, ms })
  }
  const backward = calls.get('backward')
  if (backward)
    backward.ms = Math.max(
      0,
      rows.reduce((rest, row) => rest - row.ms, backward.ms),
    )
  for (const row of calls.values()) if (row.count > 0) rows.push(row)
  return rows.sort((a, b) => b.ms - a.ms)
}
