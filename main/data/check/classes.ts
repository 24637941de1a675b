/** How the samples are shared among the classes: unbalanced, absent from a part, a part of one class. */
import { count, figure, someOf } from '../refuse.ts'
import { share } from '../text/share.ts'
import { parts, partNames, sizeOf } from './check.ts'
import type { Checker } from './check.ts'

/** From so many times as many in the largest class as in the smallest there is something to say, or to warn of. */
const noteFrom = 3
const warnFrom = 10

export const imbalance: Checker = ({ dataset, noun }) => {
  const trained = dataset.classes.filter(({ train }) => train > 0).sort((a, b) => b.train - a.train)
  const [largest, smallest] = [trained[0], trained.at(-1)]
  if (!largest || !smallest) return null
  const ratio = largest.train / smallest.train
  if (ratio < noteFrom) return null
  const times = figure(ratio < 10 ? Math.round(10 * ratio) / 10 : Math.round(ratio))
  return {
    kind: 'imbalance',
    severity: ratio < warnFrom ? 'note' : 'warning',
    what: `The largest class, "${largest.name}", has ${count(largest.train, `training ${noun}`)}, the smallest, "${smallest.name}", ${figure(smallest.train)}: ${times} times as many. To always say "${largest.name}" is right for ${share(largest.train, dataset.trainCount)} of them.`,
    mend: `Balance by class weights and each ${noun} of "${smallest.name}" counts ${times} times one of "${largest.name}"; by sampling and it is drawn ${times} times as often. Judge by macro-F1 rather than by accuracy.`,
    count: smallest.train,
    groups: [],
  }
}

export const emptyClasses: Checker = ({ dataset, noun }) => {
  const absent = parts.flatMap((part) => {
    const names = dataset.classes.filter((one) => one[part] === 0).map(({ name }) => name)
    const filled = dataset.classes.length - names.length
    return names.length > 0 && filled > 1 ? [{ part, names }] : []
  })
  const [first] = absent
  if (!first) return null
  return {
    kind: 'empty-class',
    severity: first.part === 'train' ? 'warning' : 'note',
    what: absent
      .map(
        ({ part, names }) =>
          `${count(names.length, 'class has', 'classes have')} no ${noun} in ${partNames[part]}: ${someOf(names)}.`,
      )
      .join(' '),
    mend:
      first.part === 'train'
        ? 'What is never seen in training is never learnt: add samples of it.'
        : 'Nothing is measured of them there: add samples, or split so that every class has the same share.',
    count: absent.reduce((sum, { names }) => sum + names.length, 0),
    groups: [],
  }
}

export const oneClassParts: Checker = ({ dataset }) => {
  const lone = parts.flatMap((part) => {
    const filled = dataset.classes.filter((one) => one[part] > 0)
    return filled.length === 1 && dataset.classes.length > 1 ? [{ part, name: filled[0]!.name }] : []
  })
  if (lone.length === 0) return null
  return {
    kind: 'one-class-split',
    severity: 'warning',
    what: lone
      .map(
        ({ part, name }) =>
          `All of ${partNames[part]} (${figure(sizeOf(dataset, part))}) is of one class, "${name}".`,
      )
      .join(' '),
    mend: 'What is measured there says nothing: add samples, or split so that every class has the same share.',
    count: lone.reduce((sum, { part }) => sum + sizeOf(dataset, part), 0),
    groups: [],
  }
}
