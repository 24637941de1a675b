/** Views that are saved in the workspace: read once, and again after each change. */
import { create } from 'zustand'
import type { SavedView, TableView } from '../../../main/common/views/schemas.ts'
import { client } from '../../client.ts'
import { complain } from '../../state/notices.ts'
import { overlaySettings, setOverlay } from './overlay.ts'
import { openView, plainView, useView } from './view.ts'

/** Null until they have been read. */
export const useSavedViews = create<{ list: readonly SavedView[] | null }>(() => ({ list: null }))

async function read(): Promise<readonly SavedView[]> {
  const list = await client.views.list()
  useSavedViews.setState({ list })
  return list
}

let opened = false

/** The first time since the page was loaded, the table is set up as the default view says, where there is one. */
export async function loadViews(): Promise<void> {
  try {
    const list = await read()
    const first = list.find((one) => one.isDefault)
    if (first && !opened) show(first)
    opened = true
    const { openId } = useView.getState()
    if (openId !== null && !list.some((one) => one.id === openId)) useView.setState({ openId: null })
  } catch (error) {
    complain(error)
  }
}

export function show({ id, view }: Pick<SavedView, 'id' | 'view'>): void {
  openView(view, id)
  setOverlay(view.overlay)
}

export const showPlain = (): void => openView(plainView, null)

/** The table and the curves as they are now. */
const current = (): TableView => ({ ...useView.getState().view, overlay: overlaySettings() })

/** @param id null: a new one. @returns whether it was saved */
export async function save(id: number | null, name: string): Promise<boolean> {
  try {
    const saved = await client.views.save({ id, name, view: current() })
    useView.setState({ openId: saved.id, view: saved.view })
    await read()
    return true
  } catch (error) {
    complain(error)
    return false
  }
}

export async function renameView(view: SavedView, name: string): Promise<boolean> {
  try {
    await client.views.save({ id: view.id, name, view: view.view })
    await read()
    return true
  } catch (error) {
    complain(error)
    return false
  }
}

export async function removeView(id: number): Promise<void> {
  try {
    await client.views.remove({ id })
    if (useView.getState().openId === id) useView.setState({ openId: null })
    await read()
  } catch (error) {
    complain(error)
  }
}

/** Null: the page opens with none of them. */
export async function setDefaultView(id: number | null): Promise<void> {
  try {
    await client.views.setDefault({ id })
    await read()
  } catch (error) {
    complain(error)
  }
}

/** Whether the table differs from the view that is open. */
export const differs = (view: TableView, saved: TableView): boolean =>
  JSON.stringify({ ...view, overlay: null }) !== JSON.stringify({ ...saved, overlay: null })
