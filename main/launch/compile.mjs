/** Loads what threads and the command line run, so that Node keeps it compiled (NODE_COMPILE_CACHE). */
import { globSync, readFileSync } from 'node:fs'
import { flushCompileCache } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'

const main = join(import.meta.dirname, '..')
const entries = ['cli.ts', ...globSync('**/*Worker.ts', { cwd: main }), 'training/worker.ts']

/** What is imported only when it is asked for. */
const lazy = globSync('**/*.ts', { cwd: main, exclude: ['**/*.test.ts'] }).flatMap((path) => {
  const found = readFileSync(join(main, path), 'utf8').matchAll(/\bimport\('(\.[^']+)'\)/g)
  return [...found].map(([, target]) => join(dirname(path), target))
})

for (const path of new Set([...entries, ...lazy])) {
  // The entry of a thread refuses to run outside of one; by then all of it is loaded.
  await import(pathToFileURL(join(main, path)).href).catch(() => undefined)
}
flushCompileCache()
process.exit(0)
