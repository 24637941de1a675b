/** How the table is set up right now: what a saved view keeps, and which one it came from. */
import { create } from 'zustand'
import { persist } from 'zustand/middleware'
import { tableViewSchema, type TableView } from '../../../main/common/views/schemas.ts'
import { nextSort } from './sort.ts'

export const plainView: TableView = {
  filter: '',
  sort: [{ field: 'run', descending: true }],
  /** None: those that suit the runs; see columns.ts. */
  columns: [],
  frozen: 2,
  groupBy: [],
  foldSeeds: false,
  directions: {},
  overlay: {},
}

interface Working {
  view: TableView
  /** The saved view that is open; null for none. */
  openId: number | null
}

export const useView = create<Working>()(
  persist((): Working => ({ view: plainView, openId: null }), {
    name: 'tapedeck-compare-table',
    version: 1,
    // What another version wrote and this one cannot read is let go.
    merge: (stored, current) => {
      const kept = stored as Partial<Working> | undefined
      const view = tableViewSchema.safeParse({ ...plainView, ...kept?.view })
      return view.success ? { ...current, ...kept, view: view.data } : current
    },
  }),
)

export function changeView(change: Partial<TableView>): void {
  useView.setState(({ view }) => ({ view: { ...view, ...change } }))
}

export function openView(view: TableView, openId: number | null): void {
  useView.setState({ view, openId })
}

export function sortBy(field: string, descendingFirst: boolean, add: boolean): void {
  const { sort } = useView.getState().view
  changeView({ sort: nextSort(sort, field, descendingFirst, add) })
}
