/** Files of metrics that are followed, as the services report them, and the dialog about them. */
import { create } from 'zustand'
import type { Follow } from '../../main/common/exchange/follow.ts'
import { client } from '../client.ts'
import { complain, explain, type ShownRefusal } from './notices.ts'

interface Follows {
  /** Null until it has been read. */
  list: Follow[] | null
  /** Whether its dialog is open. */
  open: boolean
  path: string
  refusal: ShownRefusal | null
}

export const useFollows = create<Follows>(() => ({ list: null, open: false, path: '', refusal: null }))

/** Hears of changes for ever; starts again when the connection or the stream ends. */
export async function watchFollows(): Promise<never> {
  for (;;) {
    try {
      for await (const list of await client.follow.watch()) useFollows.setState({ list })
    } catch {
      // The banner says that the connection is lost.
    }
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
}

export const openFollows = (path = ''): void => useFollows.setState({ open: true, path, refusal: null })

export const closeFollows = (): void => useFollows.setState({ open: false })

export const setFollowPath = (path: string): void => useFollows.setState({ path, refusal: null })

/** Begins, or goes on where it was. @param path of a file or folder, which need not be there yet */
export async function follow(path: string): Promise<void> {
  try {
    await client.follow.start({ path })
    useFollows.setState({ path: '', refusal: null })
  } catch (error) {
    if (useFollows.getState().open) useFollows.setState({ refusal: explain(error) })
    else complain(error)
  }
}

export const stopFollowing = (id: number): Promise<void> => client.follow.stop({ id }).catch(complain)

/** Takes it off the list; its runs stay. */
export const forgetFollow = (id: number): Promise<void> => client.follow.remove({ id }).catch(complain)
