/** The menu that is open over the table, and where. */
import { create } from 'zustand'
import type { Field, FieldValue } from '../../../main/common/filter/fields/index.ts'

export type MenuSubject =
  | { kind: 'run'; runId: number; cell: { field: Field; value: FieldValue } | null }
  | { kind: 'column'; field: Field }

interface OpenMenu {
  subject: MenuSubject | null
  x: number
  y: number
}

export const useMenu = create<OpenMenu>(() => ({ subject: null, x: 0, y: 0 }))

export const openMenu = (subject: MenuSubject, x: number, y: number): void =>
  useMenu.setState({ subject, x, y })

export const closeMenu = (): void => useMenu.setState({ subject: null })
