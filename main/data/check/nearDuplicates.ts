/** Samples that are almost the same as others: pictures saved twice, texts that differ in a number. */
import type { Check } from '../../common/data/dataset.ts'
import type { Pace } from '../pace.ts'
import { count } from '../refuse.ts'
import type { Checker, Subject } from './check.ts'
import { groupEqual, listGroups } from './groups.ts'
import type { Groups } from './groups.ts'
import { nearImages } from './nearImages.ts'
import { inSeveralParts, spreadOf } from './spread.ts'

export const nearDuplicates: Checker = async (subject, pace) => {
  const { evidence } = subject
  if (evidence.texts) return describe(subject, await nearTexts(subject, pace), textWords, pace)
  if (!evidence.looks) return null
  const near = await nearImages(subject, pace)
  return describe(subject, near, near.whole ? imageWords : { ...imageWords, least: 'At least ' }, pace)
}

interface Words {
  least: string
  differ: string
}
const textWords: Words = {
  least: '',
  differ: 'differs from another only in case, punctuation or digits',
}
const imageWords: Words = { least: '', differ: 'looks the same as another' }

/** Texts with the same letters, unless all of them are the same text. */
async function nearTexts({ evidence, equal }: Subject, pace: Pace): Promise<Groups> {
  const texts = evidence.texts!
  const groups = await groupEqual(texts, pace, (row) => texts[row] !== 0n)
  const first = new Int32Array(groups.sizes.length).fill(-1)
  const several = new Uint8Array(groups.sizes.length)
  for (let row = 0; row < evidence.rows; row += 1) {
    if (row % 1024 === 0) await pace.rest()
    const group = groups.of[row]!
    if (group < 0) continue
    const content = equal ? equal.groups.of[row]! : row
    if (first[group] === -1) first[group] = content
    else if (first[group] !== content) several[group] = 1
  }
  for (let row = 0; row < evidence.rows; row += 1) {
    if (row % 1024 === 0) await pace.rest()
    if (groups.of[row]! >= 0 && several[groups.of[row]!] === 0) groups.of[row] = -1
  }
  return { of: groups.of, sizes: groups.sizes.map((size, group) => (several[group] ? size : 0)) }
}

async function describe(subject: Subject, groups: Groups, words: Words, pace: Pace): Promise<Check | null> {
  const { evidence, noun } = subject
  const { parts, mixed } = await spreadOf(groups, evidence, pace)
  let rows = 0
  let held = 0
  for (let row = 0; row < evidence.rows; row += 1) {
    if (row % 1024 === 0) await pace.rest()
    const group = groups.of[row]!
    if (group < 0) continue
    rows += 1
    if (evidence.partOf(row) !== 'train' && inSeveralParts(parts[group]!)) held += 1
  }
  if (rows === 0) return null
  const torn = mixed.reduce((sum, one) => sum + one, 0)
  const plural = words.differ.replace('differs', 'differ').replace('looks', 'look')
  const what = [
    `${words.least}${rows === 1 ? `${count(rows, noun)} ${words.differ}` : `${count(rows, noun)} ${plural}`}.`,
    ...(held > 0
      ? [
          `${count(held, 'of them is', 'of them are')} held out while its like is in another part, so what is measured there is partly learnt by heart.`,
        ]
      : []),
    ...(torn > 0 ? [`In ${count(torn, 'group')} they are of different classes.`] : []),
  ]
  return {
    kind: 'near-duplicates',
    severity: held > 0 ? 'warning' : 'note',
    what: what.join(' '),
    mend:
      held > 0
        ? 'Remove the copies, or split by a column that they share, so that they stay in one part.'
        : 'Remove the copies, unless they are meant to count several times.',
    count: rows,
    // Those that stand in several parts first.
    groups: [
      ...(await listGroups(groups, (group) => inSeveralParts(parts[group]!), pace)),
      ...(await listGroups(
        groups,
        (group) => groups.sizes[group]! > 0 && !inSeveralParts(parts[group]!),
        pace,
      )),
    ].slice(0, 100),
  }
}
