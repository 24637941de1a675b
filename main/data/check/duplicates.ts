/** Samples of the same content: copies within a part, leaks from one part into another, contradicting classes. */
import { count } from '../refuse.ts'
import { share } from '../text/share.ts'
import { parts, partNames, sizeOf } from './check.ts'
import type { Checker, Subject } from './check.ts'
import { listGroups } from './groups.ts'
import { inSeveralParts } from './spread.ts'

/** Of a table, rows are compared by their features: that two have the same is in the nature of few columns. */
const isTable = ({ noun }: Subject): boolean => noun === 'row'
const sameness = (subject: Subject): string =>
  isTable(subject) ? 'the same features as' : 'the same content as'

export const exactDuplicates: Checker = async (subject, pace) => {
  const { equal, noun } = subject
  if (!equal) return null
  const { groups, spread } = equal
  let copies = 0
  let rows = 0
  for (const [group, size] of groups.sizes.entries()) {
    if (spread.together[group]! < 2) continue
    copies += size - partsOf(spread.parts[group]!)
    rows += size
  }
  if (copies === 0) return null
  return {
    kind: 'exact-duplicates',
    severity: 'note',
    what: `${count(copies, `${noun} has`, `${noun}s have`)} ${sameness(subject)} another in the same part.`,
    mend: isTable(subject)
      ? 'Remove them if they are copies; rows that only look alike may stay.'
      : 'Remove the copies, unless they are meant to count several times.',
    count: rows,
    groups: await listGroups(groups, (group) => spread.together[group]! > 1, pace),
  }
}

/** How many bits are set of three. */
const partsOf = (mask: number): number => (mask & 1) + ((mask >> 1) & 1) + ((mask >> 2) & 1)

export const leaks: Checker = async (subject, pace) => {
  const { equal, evidence, dataset, noun } = subject
  if (!equal) return null
  const { groups, spread } = equal
  const held = { train: 0, validation: 0, test: 0 }
  let rows = 0
  for (let row = 0; row < evidence.rows; row += 1) {
    if (row % 1024 === 0) await pace.rest()
    const mask = spread.parts[groups.of[row]!]!
    if (!inSeveralParts(mask)) continue
    rows += 1
    held[evidence.partOf(row)] += 1
  }
  if (rows === 0) return null
  const said = parts
    .filter((part) => part !== 'train' && held[part] > 0)
    .map(
      (part) =>
        `${count(held[part], noun)} of ${partNames[part]} (${share(held[part], sizeOf(dataset, part))})`,
    )
  const one = held.validation + held.test === 1
  return {
    kind: 'leak',
    severity: isTable(subject) ? 'note' : 'warning',
    what: `${said.join(' and ')} ${one ? 'has' : 'have'} ${sameness(subject)} ${noun === 'image' ? 'an' : 'a'} ${noun} of another part, so what is measured there is partly learnt by heart.`,
    mend: isTable(subject)
      ? 'Where such rows are about one and the same thing, split by a column that names it.'
      : 'Remove them from one of the parts, or let the parts be chosen anew by the content.',
    count: rows,
    groups: await listGroups(groups, (group) => inSeveralParts(spread.parts[group]!), pace),
  }
}

export const conflictingLabels: Checker = async (subject, pace) => {
  const { equal, dataset, noun } = subject
  if (!equal || dataset.task !== 'classify') return null
  const { groups, spread } = equal
  let rows = 0
  for (const [group, size] of groups.sizes.entries()) if (spread.mixed[group]) rows += size
  if (rows === 0) return null
  return {
    kind: 'conflicting-labels',
    severity: isTable(subject) ? 'note' : 'warning',
    what: `${count(rows, `${noun} has`, `${noun}s have`)} ${sameness(subject)} one of another class: no model can tell them apart.`,
    mend: isTable(subject)
      ? 'Add a column in which they differ, or live with it: some cases are not decided by these columns.'
      : 'Look at them, and keep each under the class that it belongs to.',
    count: rows,
    groups: await listGroups(groups, (group) => spread.mixed[group] === 1, pace),
  }
}
