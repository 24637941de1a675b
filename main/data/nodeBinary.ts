import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../paths.ts'

/**
 * The Node that runs our helper processes: the one that npm installed where we run inside Electron, else the one we
 * run on. @throws Error where it is not there
 */
export function nodeBinary(): string {
  if (!process.versions.electron) return process.execPath
  const name = process.platform === 'win32' ? 'node.exe' : 'node'
  const path = join(projectRoot(), 'node_modules', 'node', 'bin', name)
  if (existsSync(path)) return path
  throw new Error(`reading this needs ${path}, which is not there: run npm ci`)
}
