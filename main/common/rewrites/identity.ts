import { numberParameter } from '../layer.ts'
import type { Step } from '../plan.ts'
import { passBy, readersOf } from './graph.ts'
import type { Match, Rewrite } from './rewrite.ts'

/** A step whose result is its one input, whatever the numbers. */
function changesNothing({ layer, parameters, shapes }: Step): boolean {
  if (layer.kind === 'dropout') return numberParameter(parameters, 'p', 0.5) === 0
  return layer.kind === 'flatten' && shapes['input']?.length === 2
}

export const identity: Rewrite = {
  id: 'identity',
  title: 'Layers that change nothing',
  help: 'Dropout with probability 0, a Flatten of what is flat, and a ReLU behind a ReLU are left out.',
  mode: 'always',
  find(plan) {
    const readers = readersOf(plan)
    return plan.steps.flatMap((step): Match[] => {
      if (changesNothing(step)) return [{ steps: [step.id] }]
      if (step.layer.kind !== 'relu') return []
      const again = (readers.get(step.id) ?? []).find(({ layer }) => layer.kind === 'relu')
      return again ? [{ steps: [again.id] }] : []
    })
  },
  apply: (plan, { steps: [id = ''] }) => passBy(plan, id),
}
