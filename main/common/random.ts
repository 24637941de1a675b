/** Draws that depend on nothing but a seed, an epoch and the like, so that what they decided can be found again. */

/**
 * A stream of whole numbers in [0, 2^32), counter by counter: a Weyl sequence, each value mixed (splitmix32).
 * @param keys what tells this stream from others of the seed: an epoch, a row
 */
export function stream(seed: number, ...keys: readonly number[]): () => number {
  let state = keys.reduce((mixed, key) => mix(mixed + Math.imul(key, 0x9e3779b9)), mix(seed))
  return () => {
    state = (state + 0x9e3779b9) >>> 0
    return mix(state)
  }
}

function mix(value: number): number {
  let mixed = value >>> 0
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad)
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
  return (mixed ^ (mixed >>> 15)) >>> 0
}

/** The next number as one in [0, 1). */
export const uniform = (next: () => number): number => next() / 2 ** 32

/** From Beta(alpha, alpha), in [0, 1]: symmetric around a half, at the ends for small alpha. */
export function beta(alpha: number, next: () => number): number {
  const [one, other] = [gamma(alpha, next), gamma(alpha, next)]
  // Tiny alphas make both zero at once: then one of the ends, each as likely.
  return one + other > 0 ? one / (one + other) : next() & 1
}

/** From Gamma(alpha, 1) (Marsaglia and Tsang 2000, with their way to alpha below 1). */
function gamma(alpha: number, next: () => number): number {
  if (alpha < 1) return gamma(alpha + 1, next) * (1 - uniform(next)) ** (1 / alpha)
  const d = alpha - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  for (;;) {
    const z = normal(next)
    const v = (1 + c * z) ** 3
    if (v > 0 && Math.log(1 - uniform(next)) < 0.5 * z * z + d - d * v + d * Math.log(v)) return d * v
  }
}

/** Standard normal (Box and Muller 1958). */
const normal = (next: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - uniform(next))) * Math.cos(2 * Math.PI * uniform(next))

/** Puts the items in a random order (Fisher-Yates), in place. */
export function shuffle<Items extends Uint32Array | unknown[]>(items: Items, next: () => number): Items {
  for (let last = items.length - 1; last > 0; last -= 1) {
    const other = Math.floor(uniform(next) * (last + 1))
    const kept = items[last]
    items[last] = items[other]
    items[other] = kept
  }
  return items
}
