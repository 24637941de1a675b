/** Which steps are probed. Depends on the step only, so that a run is probed the same however fast it goes. */

/** Probes at the asked distance; after so many the distance doubles, and again each time the run is twice as long. */
const keep = 1000

/** Whether step `step` (from 1 on) is probed when every `every`-th is asked for; never when `every` is 0. */
export function due(step: number, every: number): boolean {
  if (every <= 0) return false
  let distance = every
  for (let reach = every * keep; step > reach; reach *= 2) distance *= 2
  return (step - 1) % distance === 0
}
