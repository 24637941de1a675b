/** A run and the newest that is heard of it while it trains. Pure. */
import type { Live, Run, Summary } from '../../main/common/schemas.ts'

export function withLive(run: Run, live: Live): Run {
  const summaries = { ...run.summaries }
  for (const [metric, value] of Object.entries(live.latest))
    summaries[metric] = withValue(summaries[metric], value, live.step)
  return {
    ...run,
    status: live.status,
    steps: live.step,
    epochsDone: Math.max(run.epochsDone, live.epoch - 1),
    seconds: live.seconds,
    samplesPerSecond: live.samplesPerSecond,
    summaries,
  }
}

/** The store counts; until it is read again the newest value stands beside what it had. */
function withValue(before: Summary | undefined, value: number, step: number): Summary {
  if (!before)
    return {
      ...{ first: value, last: value, min: value, max: value, count: 1 },
      ...{ firstStep: step, lastStep: step, minStep: step, maxStep: step },
    }
  return {
    ...before,
    ...{ last: value, lastStep: step },
    ...(value < before.min && { min: value, minStep: step }),
    ...(value > before.max && { max: value, maxStep: step }),
  }
}
