/** What is known about the workbench behind the page. */
import { create } from 'zustand'
import { client } from '../client.ts'
import { complain } from './notices.ts'

type Info = Awaited<ReturnType<typeof client.app.info>>

export const useApp = create<{ info: Info | null }>(() => ({ info: null }))

export async function loadInfo(): Promise<void> {
  try {
    useApp.setState({ info: await client.app.info() })
  } catch (error) {
    complain(error)
  }
}
