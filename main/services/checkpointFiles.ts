/** The files of checkpoints against what the store lists: neither half a checkpoint is listed, nor a forgotten one kept. */
import { readdirSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Store } from '../store/index.ts'
import { bytesOf, sidecarFile, stateFile } from '../training/checkpointFiles.ts'

/** The names that checkpoints and their temporary files have. */
const ours = /^(best|last|step|change|halted)-\d+\.(safetensors|state\.safetensors|json)(\.\d+\.tmp)?$/

/** What the folders of imports that are under way begin with. */
export const importFolder = 'import-'

/** Files of a checkpoint that is listed no more; what is gone already is as good. The description goes first. */
export function removeCheckpointFiles(path: string): void {
  for (const file of [sidecarFile(path), path, stateFile(path)]) rmSync(file, { force: true })
}

/** When a workspace is opened: takes what is not whole from the list, and removes files that no list knows and what imports left. */
export function sweepCheckpoints(store: Store, workspace: string): void {
  const listed = new Set<string>()
  for (const { id, path, bytes } of store.checkpoints.all()) {
    if (bytesOf(path) === bytes)
      for (const file of [path, stateFile(path), sidecarFile(path)]) listed.add(file)
    else store.checkpoints.remove(id)
  }
  const folder = join(workspace, 'checkpoints')
  for (const name of readdirSync(folder))
    if (name.startsWith(importFolder)) rmSync(join(folder, name), { recursive: true, force: true })
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const file = join(entry.parentPath, entry.name)
    if (entry.isFile() && ours.test(basename(file)) && !listed.has(file)) rmSync(file, { force: true })
  }
}
