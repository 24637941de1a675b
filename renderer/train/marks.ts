/** What was done to a run, as marks on its charts. */
import type { RunEvent } from '../../main/common/schemas.ts'
import type { Mark } from '../charts/LineChart.tsx'

/** A pause and what ends it change nothing about what is learned. */
const quiet: readonly string[] = ['paused', 'resumed', 'checkpoint']

/** Several events at one step are one mark. */
export function marksOf(events: readonly RunEvent[]): Mark[] {
  const marks: Mark[] = []
  for (const { step, kind, note } of events) {
    const last = marks.at(-1)
    const one = { step, label: note, quiet: quiet.includes(kind) }
    if (last?.step !== step) marks.push(one)
    else if (last.quiet || !one.quiet)
      marks[marks.length - 1] = {
        ...one,
        label: last.label === note || last.quiet ? note : `${last.label}, ${note}`,
      }
  }
  return marks
}
