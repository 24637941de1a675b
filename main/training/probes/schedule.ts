/**
 * Which steps are probed. Depends on the step and on what is trained only, never on time, so that a run is probed the same
 * however fast it goes, and whether it was interrupted or not.
 */

/** Probes of the beginning, where most happens: at the asked distance whatever they cost. */
const beginning = 10

/** After so many probes the distance doubles, and again each time the run is twice as long. */
const keep = 1000

/** What the distance may be multiplied with; histograms, which are further apart, stay at the same multiples. */
const factors = [1, 5, 10, 50, 100, 500]

/** A probe of a layer takes about as long as so many floating-point operations of a step, and so many once more. */
const probeFlops = { layer: 5e6, once: 8e6 }

/** Share of a step's operations that probes may cost on average. */
const mostShare = 0.01

/**
 * How many times rarer than asked probes are once the beginning is over.
 * @param flops floating-point operations of a step; null where they are not known, which is taken for many
 */
export function rarer(layers: number, flops: number | null, every: number): number {
  if (flops === null || every <= 0) return 1
  const cost = probeFlops.once + layers * probeFlops.layer
  const wanted = cost / (mostShare * Math.max(1, flops) * every)
  return factors.find((factor) => factor >= wanted) ?? (factors.at(-1) as number)
}

/**
 * Whether step `step` (from 1 on) is probed; never when `every` is 0.
 * @param every the asked distance @param factor see `rarer`
 */
export function due(step: number, every: number, factor: number): boolean {
  if (every <= 0) return false
  const at = step - 1
  if (at < beginning * every) return at % every === 0
  let distance = every * factor
  for (let reach = distance * keep; at >= reach; reach *= 2) distance *= 2
  return at % distance === 0
}
