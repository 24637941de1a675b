/** Which tape the page shows, what is chosen on it, and what it reads of it. */
import { useMemo } from 'react'
import { create } from 'zustand'
import type {
  NodeGradients,
  TapeHead,
  TapeNode,
  TapeRecord,
  WhatIf,
} from '../../../main/common/tape/record.ts'
import { client } from '../../client.ts'
import { complain } from '../../state/notices.ts'
import { useAnswer, type Question } from '../../state/useAnswer.ts'

/** One node, or a stretch of layers. */
export type Selection = { node: number } | { from: number; to: number }

interface Tape {
  /** Chosen by a person; null: the newest of the run. */
  id: number | null
  recording: boolean
  /** Grows when there is another tape. */
  revision: number
  selection: Selection | null
  /** Keys of the rows that are not open or closed as they are at first. */
  toggled: ReadonlySet<string>
}

const atFirst = { id: null, selection: null, toggled: new Set<string>() } as const

export const useTape = create<Tape>(() => ({ ...atFirst, recording: false, revision: 0 }))

export const chooseTape = (id: number | null): void => useTape.setState({ ...atFirst, id })
export const select = (selection: Selection): void => useTape.setState({ selection })

export function toggle(key: string): void {
  useTape.setState(({ toggled }) => {
    const next = new Set(toggled)
    if (!next.delete(key)) next.add(key)
    return { toggled: next }
  })
}

export async function recordTape(runId: number): Promise<void> {
  if (useTape.getState().recording) return
  useTape.setState({ recording: true })
  try {
    const { id } = await client.tape.record({ runId })
    useTape.setState((s) => ({ ...atFirst, id, revision: s.revision + 1 }))
  } catch (error) {
    complain(error)
  } finally {
    useTape.setState({ recording: false })
  }
}

function useAsked<T>(key: string | null, ask: () => Promise<T>, revision = 0): T | null {
  const question = useMemo<Question<T> | null>(() => (key === null ? null : { key, ask }), [key, ask])
  const answer = useAnswer(question, revision, 0)
  return answer !== null && answer.key === key ? answer.value : null
}

/** Newest first; null until they are known. */
export function useTapes(runId: number): TapeHead[] | null {
  const revision = useTape((s) => s.revision)
  const ask = useMemo(() => () => client.tape.list({ runId }), [runId])
  return useAsked(`tapes ${runId}`, ask, revision)
}

export function useRecord(id: number | null): TapeRecord | null {
  const ask = useMemo(() => () => client.tape.get({ id: id ?? 0 }), [id])
  return useAsked(id === null ? null : `tape ${id}`, ask)
}

/** The gradients of a node; null until they are there, or where it keeps none. */
export function useGradients(id: number, node: TapeNode): NodeGradients | null {
  const ask = useMemo(() => () => client.tape.gradients({ id, node: node.id }), [id, node.id])
  return useAsked(node.turn === null ? null : `gradients ${id} ${node.id}`, ask)
}

export function useWhatIf(id: number, stretch: { from: number; to: number } | null): WhatIf | null {
  const { from, to } = stretch ?? { from: 0, to: 0 }
  const ask = useMemo(() => () => client.tape.whatIf({ id, from, to }), [id, from, to])
  return useAsked(stretch === null ? null : `what if ${id} ${from} ${to}`, ask)
}

/** Nodes in the order in which backward passed them. */
export const turnsOf = ({ listed }: TapeRecord): TapeNode[] =>
  listed.filter(({ turn }) => turn !== null).sort((a, b) => (a.turn ?? 0) - (b.turn ?? 0))
