/** Stops an import of which too much cannot be used: what is left would be another data set than was meant. */
import type { Problems } from './problems.ts'
import { figure, refuse } from './refuse.ts'

/** Before so many samples nothing is said: one bad file among the first three means nothing. */
const judgesFrom = 100

export interface SetAside {
  aside: number
  /** Samples looked at. */
  of: number
}

/**
 * Whether it is clear already that more than the share will be set aside: it is of all there are, or it is so far of those
 * looked at by four standard deviations (they come in random order).
 * @param total samples that there are
 */
export function clearlyTooMany({ aside, of }: SetAside, total: number, most: number): boolean {
  if (of < judgesFrom) return false
  return aside > most * total || aside > most * of + 2 * Math.sqrt(of)
}

/** @throws UserError `data/set-aside` */
export function refuseTooMany({ aside, of }: SetAside, most: number, problems: Problems): never {
  const first = problems.firstSample
  refuse(
    'set-aside',
    `${figure(aside)} of ${figure(of)} samples cannot be used (${percent(aside / of)}), more than the ${percent(most)} that may be set aside; the first: ${first ? `${first.path}: ${first.reason}` : 'unknown'}.`,
    'Mend or remove them, or allow a larger share to be set aside.',
  )
}

const percent = (share: number): string => `${Math.round(100 * share)} %`
