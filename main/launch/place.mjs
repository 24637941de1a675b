/** Where things are: the project, its tools, and the folder for logs and stamps. */
import { existsSync, mkdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '')

/** Logs and stamps live in out/, not in node_modules: `npm ci` empties that one while it is logging. */
export const cache = join(root, 'out', 'launch')

export function cached(name) {
  mkdirSync(cache, { recursive: true })
  return join(cache, name)
}

/**
 * Where Node keeps what it made of TypeScript. Without it every thread strips types anew, by a WebAssembly module of 3 MB,
 * which now and then ends the process: V8 loses track of such code where threads come and go
 * (`Check failed: jit_page.has_value()`, nodejs/node#64500).
 */
export const compiled = join(cache, 'compiled')

/** The Node 24 that npm installed; null before `npm ci`. */
export function projectNode() {
  const suffix = process.platform === 'win32' ? '.exe' : ''
  const path = join(root, 'node_modules', 'node', 'bin', `node${suffix}`)
  return existsSync(path) ? path : null
}

/** The script of a package's command, to be run by the project's Node. */
export function packageFile(...parts) {
  return join(root, 'node_modules', ...parts)
}

/** The first executable of these names on PATH, or null. */
export function which(...names) {
  const suffixes = process.platform === 'win32' ? ['.exe', '.cmd', ''] : ['']
  for (const name of names) {
    for (const folder of (process.env.PATH ?? '').split(delimiter)) {
      for (const suffix of suffixes) {
        const path = join(folder, name + suffix)
        if (folder !== '' && existsSync(path)) return path
      }
    }
  }
  return null
}
