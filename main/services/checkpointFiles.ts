/** The files of checkpoints against what the store lists: neither half a checkpoint is listed, nor a forgotten one kept. */
import { readdirSync, rmSync, statSync } from 'node:fs'
import { basename, join, relative, sep } from 'node:path'
import type { Checkpoint } from '../common/training.ts'
import type { Store } from '../store/index.ts'
import { bytesOf, filesOf } from '../training/checkpointFiles.ts'
import { setAside, setAsideFolder } from './setAside.ts'

/** The names that checkpoints and their temporary files have. */
const ours = /^(best|last|step|change|halted)-\d+\.(safetensors|state\.safetensors|json)(\.\d+\.tmp)?$/

/** What the folders of imports that are under way begin with. */
export const importFolder = 'import-'

/** Files of a checkpoint that is listed no more; what is gone already is as good. The description goes first. */
export function removeCheckpointFiles(path: string): void {
  for (const file of filesOf(path).toReversed()) rmSync(file, { force: true })
}

/**
 * When a workspace is opened: sets aside what is not as it was written and takes it from the list, which the run's remarks
 * say; removes files that no list knows and what imports left.
 */
export function sweepCheckpoints(store: Store, workspace: string): void {
  const listed = new Set<string>()
  const deleted = new Set(store.removal.unfinished())
  for (const checkpoint of store.checkpoints.all().filter(({ runId }) => !deleted.has(runId)))
    if (bytesOf(checkpoint.path) === checkpoint.bytes || !withdrawn(store, workspace, checkpoint))
      for (const file of filesOf(checkpoint.path)) listed.add(file)
  const folder = join(workspace, 'checkpoints')
  for (const name of readdirSync(folder))
    if (name.startsWith(importFolder)) rmSync(join(folder, name), { recursive: true, force: true })
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const file = join(entry.parentPath, entry.name)
    if (relative(folder, file).startsWith(setAsideFolder + sep)) continue
    if (entry.isFile() && ours.test(basename(file)) && !listed.has(file)) rmSync(file, { force: true })
  }
}

/** A damaged checkpoint; where its files cannot be moved it stays listed, so that they are not taken for leftovers. */
function withdrawn(store: Store, workspace: string, { id, runId, step, path, bytes }: Checkpoint): boolean {
  const found = filesOf(path).map((file) => statSync(file, { throwIfNoEntry: false })?.size)
  try {
    setAside(workspace, runId, path)
  } catch {
    return false
  }
  store.transaction(() => {
    store.checkpoints.remove(id)
    store.runs.addEvent(runId, { step, kind: 'remark', note: remarkOn(step, runId, found, bytes) })
  })
  return true
}

function remarkOn(step: number, runId: number, found: (number | undefined)[], bytes: number): string {
  const number = (value: number): string => value.toLocaleString('en-US')
  const there = found.filter((size) => size !== undefined)
  if (there.length === 0) return `the files of the checkpoint of step ${number(step)} are gone`
  const missing = found.length - there.length
  const fault =
    missing > 0
      ? `${missing} of its ${found.length} files ${missing === 1 ? 'is' : 'are'} missing`
      : `its files have ${number(there.reduce((sum, size) => sum + size, 0))} bytes, not ${number(bytes)}`
  return `the checkpoint of step ${number(step)} is damaged (${fault}); what is left of it was set aside in checkpoints/${setAsideFolder}/${runId}`
}
