/** Draws that depend on nothing but a seed and an epoch, so that an epoch's order can be found again. */

/** A stream of whole numbers in [0, 2^32), counter by counter: a Weyl sequence, each value mixed (splitmix32). */
export function stream(seed: number, epoch: number): () => number {
  let state = mix(mix(seed) + Math.imul(epoch, 0x9e3779b9))
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

/** Puts the items in a random order (Fisher-Yates), in place. */
export function shuffle<Items extends Uint32Array | unknown[]>(items: Items, next: () => number): Items {
  for (let last = items.length - 1; last > 0; last -= 1) {
    const other = Math.floor((next() / 2 ** 32) * (last + 1))
    const kept = items[last]
    items[last] = items[other]
    items[other] = kept
  }
  return items
}
