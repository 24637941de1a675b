/** What was done to a run, as marks on its charts. */
import type { RunEvent } from '../../main/common/schemas.ts'
import type { Mark } from '../charts/LineChart.tsx'

/** They change nothing about what is learned: a thin line, and no words where something else is said. */
const quiet: readonly RunEvent['kind'][] = ['paused', 'resumed', 'checkpoint', 'restored', 'remark']

/** The notes of these are proofs or sentences, too long for a chart. */
const short: Partial<Record<RunEvent['kind'], string>> = {
  checkpoint: 'kept',
  restored: 'restored',
  remark: '',
}

/** Why a run ended without the figures, which stand under the run's bar: "early stopping". */
const brief = (note: string): string => note.replace(/[:,] .*/, '')

/** Several events at one step are one mark. */
export function marksOf(events: readonly RunEvent[]): Mark[] {
  const marks: Mark[] = []
  for (const { step, kind, note } of events) {
    const last = marks.at(-1)
    const one = {
      step,
      label: short[kind] ?? (kind === 'stopped' ? brief(note) : note),
      quiet: quiet.includes(kind),
    }
    if (last?.step !== step) marks.push(one)
    else if (last.quiet && !one.quiet) marks[marks.length - 1] = one
    else if (!last.quiet && !one.quiet && last.label !== one.label)
      marks[marks.length - 1] = { ...one, label: `${last.label}, ${one.label}` }
  }
  return marks
}
