/** What a person does in the table right now: the row the keyboard is on, what is open, what is being edited. */
import { create } from 'zustand'

/** Pixels. */
export const rowHeight = 28

interface Grid {
  /** Key of the row that the keyboard is on. */
  active: string | null
  /** The field of the cell of that row that the keyboard is on; null: the row as a whole. */
  activeField: string | null
  /** Run from which Shift reaches. */
  anchor: number | null
  /** Groups that are not as they are at first; see rows.ts. */
  toggled: ReadonlySet<string>
  renaming: number | null
  /** The bin is shown in place of the table. */
  bin: boolean
}

export const useGrid = create<Grid>(() => ({
  active: null,
  activeField: null,
  anchor: null,
  toggled: new Set(),
  renaming: null,
  bin: false,
}))

export const activate = (active: string | null, activeField: string | null = null): void =>
  useGrid.setState({ active, activeField })

export const rename = (runId: number | null): void => useGrid.setState({ renaming: runId })

export const showBin = (bin: boolean): void => useGrid.setState({ bin })

export function toggleGroup(key: string): void {
  useGrid.setState(({ toggled }) => {
    const next = new Set(toggled)
    if (!next.delete(key)) next.add(key)
    return { toggled: next }
  })
}

let scrolledAt = 0

export const showsScroll = (): void => void (scrolledAt = performance.now())

/** Rows that pass under a pointer that stands still are not pointed at. */
export const isScrolling = (): boolean => performance.now() - scrolledAt < 150

/** The keyboard goes on in the table once what was open over it has gone, unless it has another place by then. */
export function focusTable(): void {
  requestAnimationFrame(() => {
    if (document.activeElement === document.body)
      document.querySelector<HTMLElement>('[role=treegrid]')?.focus({ preventScroll: true })
  })
}
