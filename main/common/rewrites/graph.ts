/** What rules share: who reads what, and steps put in the place of others. */
import type { Plan, Step } from '../plan.ts'
import type { Match } from './rewrite.ts'

/** Reads of each step's results; a step that reads a result twice stands there twice. */
export function readersOf(plan: Plan): ReadonlyMap<string, readonly Step[]> {
  const readers = new Map<string, Step[]>()
  for (const step of plan.steps)
    for (const { step: read } of Object.values(step.inputs)) {
      const list = readers.get(read)
      if (list) list.push(step)
      else readers.set(read, [step])
    }
  return readers
}

/** Neighbours where the second is all that reads the first and reads nothing else. */
export function pairs(
  plan: Plan,
  isFirst: (step: Step) => boolean,
  isSecond: (step: Step, first: Step) => boolean,
): Match[] {
  const readers = readersOf(plan)
  return plan.steps.filter(isFirst).flatMap((first): Match[] => {
    const [second, another] = readers.get(first.id) ?? []
    if (!second || another || Object.keys(second.inputs).length !== 1) return []
    return isSecond(second, first) ? [{ steps: [first.id, second.id] }] : []
  })
}

/** The steps of a match. */
export const stepsOf = (plan: Plan, { steps }: Match): Step[] =>
  steps.map((id) => {
    const step = plan.steps.find((candidate) => candidate.id === id)
    if (!step) throw new Error(`[rewrite] the plan has no step ${id}`)
    return step
  })

/** One step in the place of a match, where its last step stood and under that one's id, so that readers stay. */
export function replace(
  plan: Plan,
  match: Match,
  made: Pick<Step, 'layer' | 'parameters' | 'inputs' | 'shapes' | 'weights'>,
): Plan {
  const old = stepsOf(plan, match)
  const last = old.at(-1) as Step
  const step: Step = {
    ...made,
    outputs: last.outputs,
    id: last.id,
    nodes: old.flatMap(({ nodes }) => nodes),
    title: old.map(({ title }) => title).join(' + '),
  }
  const gone = new Set(match.steps)
  return {
    ...plan,
    steps: plan.steps.flatMap((one) => (one.id === last.id ? [step] : gone.has(one.id) ? [] : [one])),
  }
}

/** The plan without a step; who read it reads what it read. */
export function passBy(plan: Plan, id: string): Plan {
  const source = Object.values(plan.steps.find((step) => step.id === id)?.inputs ?? {})[0]
  if (!source) throw new Error(`[rewrite] nothing feeds ${id}`)
  return {
    ...plan,
    steps: plan.steps.flatMap((step) => {
      if (step.id === id) return []
      if (!Object.values(step.inputs).some((from) => from.step === id)) return [step]
      const inputs = Object.entries(step.inputs).map(([port, from]) => [
        port,
        from.step === id ? source : from,
      ])
      return [{ ...step, inputs: Object.fromEntries(inputs) as Step['inputs'] }]
    }),
  }
}
