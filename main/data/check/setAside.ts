/** What was not read, and what says nothing. */
import { count, figure, someOf } from '../refuse.ts'
import { share } from '../text/share.ts'
import { parts, sizeOf } from './check.ts'
import type { Checker } from './check.ts'

/** From this share on, what was set aside may be of one kind, and missed. */
const warnFrom = 0.05

export const setAside: Checker = ({ dataset, problems, noun }) => {
  const { samples, firstSample: first } = problems
  if (samples === 0) return null
  const all = samples + parts.reduce((sum, part) => sum + sizeOf(dataset, part), 0)
  return {
    kind: 'set-aside',
    severity: samples / all < warnFrom ? 'note' : 'warning',
    what: `${count(samples, `${noun} was`, `${noun}s were`)} set aside, ${share(samples, all)} of ${figure(all)}; the first: ${first?.path ?? ''}: ${first?.reason ?? ''}.`,
    mend: 'Mend what is listed with its reason, and read the source again; what was read can be trained on.',
    count: samples,
    groups: [],
  }
}

export const constantColumns: Checker = ({ constantColumns: names }) =>
  names.length === 0
    ? null
    : {
        kind: 'constant-column',
        severity: 'note',
        what: `${count(names.length, 'column is', 'columns are')} always the same in training and ${names.length === 1 ? 'is' : 'are'} left out: ${someOf(names, 5)}.`,
        mend: 'Nothing needs doing, unless they were meant to say something.',
        count: names.length,
        groups: [],
      }
