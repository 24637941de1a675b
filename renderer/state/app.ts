/** What is known about the workbench behind the page. */
import { create } from 'zustand'
import { client } from '../client.ts'
import { loadDatasets } from './datasets.ts'
import { complain, useNotices } from './notices.ts'

type Info = Awaited<ReturnType<typeof client.app.info>>

export const useApp = create<{ info: Info | null }>(() => ({ info: null }))

export async function loadInfo(): Promise<void> {
  try {
    const info = await client.app.info()
    useApp.setState({ info })
    if (info.engine === null) await sayWhyNoEngine()
  } catch (error) {
    complain(error)
  }
}

/** Whether the workspace can still only be read, and the data sets that the other process has by now. */
export async function lookAgain(): Promise<void> {
  useApp.setState({ info: await client.app.info() })
  await loadDatasets()
}

async function sayWhyNoEngine(): Promise<void> {
  const findings = await client.app.doctor()
  const detail = findings.map((one) => `${one.name}: ${one.value}`).join('\n')
  const fault = findings.find((one) => one.status !== 'ok' && /engine/i.test(one.name))
  useNotices.getState().add({
    tone: 'bad',
    code: 'engine/missing',
    what: `The native engine could not be loaded${fault ? `: ${fault.value}` : ''}.`,
    mend: fault?.mend || 'Run `npm run setup` in the folder of Tapedeck, then start it again.',
    detail,
  })
}
