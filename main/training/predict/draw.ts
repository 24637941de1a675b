/** Which token comes next, from the logits of all and one random number. */

/**
 * @param logits of every token; -Infinity is never drawn
 * @param temperature divides the logits; 0 takes the largest
 * @param topK draws from so many of the largest only; null from all
 * @param random in [0, 1)
 */
export function draw(
  logits: Float32Array,
  { temperature, topK }: { temperature: number; topK: number | null },
  random: number,
): number {
  const order = Array.from(logits.keys()).sort((a, b) => logits[b]! - logits[a]! || a - b)
  const [best = 0] = order
  if (temperature === 0) return best
  const kept = topK === null ? order : order.slice(0, topK)
  const highest = logits[best]!
  const weights = kept.map((id) => Math.exp((logits[id]! - highest) / temperature))
  let left = random * weights.reduce((sum, weight) => sum + weight, 0)
  for (const [at, id] of kept.entries()) {
    left -= weights[at]!
    if (left < 0) return id
  }
  // What rounding left over is the last that can be drawn at all.
  return kept.findLast((_, at) => weights[at]! > 0) ?? best
}
