/** The bin: what lies in it, how much disk that takes, and emptying it, which goes on when the page is left. */
import { create } from 'zustand'
import type { Progress, Run } from '../../../main/common/schemas.ts'
import { resultOf } from '../../../main/common/resultOf.ts'
import { client } from '../../client.ts'
import { complain, useNotices, withdraw } from '../../state/notices.ts'
import { bytes, counted } from '../../ui/format.ts'

interface Bin {
  /** The last one moved there first; null until it has been read. */
  runs: readonly Run[] | null
  /** Bytes on the disk by run: checkpoints, and what was set aside of damaged ones. */
  sizes: ReadonlyMap<number, number>
  /** Bytes of damaged checkpoints that were set aside, of every run. */
  setAside: number
  /** Null while it is not being emptied. */
  emptying: Progress | null
}

export const useBin = create<Bin>(() => ({ runs: null, sizes: new Map(), setAside: 0, emptying: null }))

export async function readBin(): Promise<void> {
  try {
    const [runs, sizes] = await Promise.all([client.runs.binned(), client.runs.sizes()])
    useBin.setState({
      runs,
      sizes: new Map(
        sizes.map(({ runId, checkpointBytes, setAsideBytes }) => [runId, checkpointBytes + setAsideBytes]),
      ),
      setAside: sizes.reduce((sum, { setAsideBytes }) => sum + setAsideBytes, 0),
    })
  } catch (error) {
    complain(error)
  }
}

export async function removeForEver(run: Run): Promise<void> {
  withdrawUndo()
  await client.runs.remove({ runId: run.id }).catch(complain)
  await readBin()
}

export async function removeSetAside(): Promise<void> {
  await client.runs.removeSetAside().catch(complain)
  await readBin()
}

/** What is deleted cannot be undone any more: no notice may offer that. */
const withdrawUndo = (): void => withdraw('runs/binned')

let abort: AbortController | null = null

/** What is not yet deleted stays in the bin. */
export const stopEmptying = (): void => abort?.abort()

export async function emptyBin(): Promise<void> {
  if (abort) return
  const controller = new AbortController()
  abort = controller
  withdrawUndo()
  useBin.setState({ emptying: { done: 0, total: 0, note: 'Starting' } })
  try {
    const stream = await client.runs.emptyBin(undefined, { signal: controller.signal })
    const { runs } = await resultOf(stream, (emptying) => useBin.setState({ emptying }))
    say(`${counted(runs, 'run')} deleted.`, {
      label: 'Give the space back',
      run: () => void vacuum(),
    })
  } catch (error) {
    if (!controller.signal.aborted) complain(error)
  }
  abort = null
  useBin.setState({ emptying: null })
  await readBin()
}

/** The file of the workspace keeps the space of what was deleted for what comes; now it is made smaller. */
async function vacuum(): Promise<void> {
  try {
    const given = await resultOf(await client.app.vacuum(), () => undefined)
    say(`${bytes(given.bytes)} given back to the disk.`)
  } catch (error) {
    complain(error)
  }
}

function say(what: string, action?: { label: string; run: () => void }): void {
  const notice = { tone: 'ok', code: 'runs/bin', what, mend: '', detail: '' } as const
  useNotices.getState().add(action ? { ...notice, action } : notice)
}
