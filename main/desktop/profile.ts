/** Where the window keeps its own things (size, theme, layout): beside the runs, so workspaces are independent. */
import { accessSync, constants, mkdirSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Profile {
  folder: string
  /** False for a folder that lasts as long as the window: the workspace cannot be written. */
  shared: boolean
}

export function prepareProfile(workspace: string): Profile {
  const folder = join(workspace, 'desktop')
  try {
    mkdirSync(folder, { recursive: true })
    accessSync(folder, constants.W_OK)
    return { folder, shared: true }
  } catch {
    // Opening the workbench says what is wrong with the workspace; the window only needs a place meanwhile.
    return { folder: mkdtempSync(join(tmpdir(), 'tapedeck-')), shared: false }
  }
}
