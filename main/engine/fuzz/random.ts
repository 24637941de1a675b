/** Random choices from one seed (Mulberry32), so that a run can be repeated. */
let state = 1

export function setSeed(seed: number): void {
  state = seed
}

/** Uniform in [0, 1). */
function random(): number {
  state = (state + 0x6d2b79f5) | 0
  let t = Math.imul(state ^ (state >>> 15), 1 | state)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
}

/** A whole number in 0..count - 1. */
export const below = (count: number): number => Math.floor(random() * count)
export const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T
export const chance = (p: number): boolean => random() < p
