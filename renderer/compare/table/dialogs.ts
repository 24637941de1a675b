/** The dialog that is open about some runs. */
import { create } from 'zustand'
import { focusTable } from './grid.ts'

export type DialogKind = 'tags' | 'note' | 'group'

export const useDialog = create<{ kind: DialogKind | null; runIds: readonly number[] }>(() => ({
  kind: null,
  runIds: [],
}))

export const openDialog = (kind: DialogKind, runIds: readonly number[]): void =>
  useDialog.setState({ kind, runIds })

export function closeDialog(): void {
  useDialog.setState({ kind: null })
  focusTable()
}
