/** Values of one metric where another was best, read from the store once for all runs. */
import { create } from 'zustand'
import { directionOf, type Directions } from '../../../main/common/filter/fields/index.ts'
import { client } from '../../client.ts'
import { complain } from '../../state/notices.ts'

type Values = ReadonlyMap<number, number>

/** By question. */
export const useValuesAt = create<{ known: ReadonlyMap<string, Values> }>(() => ({ known: new Map() }))

const asked = new Set<string>()

/** What is known; asks for what is not. */
export function valuesAt(metric: string, at: string, directions: Directions): Values | null {
  const extreme = directionOf(at, directions)
  const question = JSON.stringify([metric, at, extreme])
  const known = useValuesAt.getState().known.get(question)
  if (known || asked.has(question)) return known ?? null
  asked.add(question)
  client.runs.valuesAt({ metric, at, extreme }).then((found) => {
    const values = new Map(found.map(({ runId, value }) => [runId, value]))
    useValuesAt.setState((s) => ({ known: new Map([...s.known, [question, values]]) }))
  }, complain)
  return null
}

/** A run has logged more: what was read is read again when it is next asked for. */
export function forgetValuesAt(): void {
  asked.clear()
}
