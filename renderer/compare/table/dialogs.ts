/** The dialog that is open about some runs. */
import { create } from 'zustand'

export type DialogKind = 'tags' | 'note' | 'group'

export const useDialog = create<{ kind: DialogKind | null; runIds: readonly number[] }>(() => ({
  kind: null,
  runIds: [],
}))

export const openDialog = (kind: DialogKind, runIds: readonly number[]): void =>
  useDialog.setState({ kind, runIds })

export const closeDialog = (): void => useDialog.setState({ kind: null })
