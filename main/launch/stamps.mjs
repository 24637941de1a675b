/** What is up to date, told by content and not by time: a checkout or a copy changes times only. */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cached, root } from './place.mjs'

const day = 24 * 3600 * 1000

/** SHA-256 over the names and contents of files and folders below the project, and over `facts`. */
export function contentHash(paths, { facts = [], skip = () => false } = {}) {
  const hash = createHash('sha256')
  for (const path of paths) {
    for (const file of filesBelow(path, skip)) hash.update(`${file}\0`).update(readFileSync(join(root, file)))
  }
  for (const fact of facts) hash.update(`\0${fact}`)
  return hash.digest('hex')
}

function* filesBelow(path, skip) {
  const full = join(root, path)
  if (!existsSync(full) || skip(path)) return
  if (!statSync(full).isDirectory()) {
    yield path
    return
  }
  for (const name of readdirSync(full).sort()) yield* filesBelow(join(path, name), skip)
}

export const readStamp = (name) => readOr(cached(`${name}.stamp`), '')
export const writeStamp = (name, value) => writeFileSync(cached(`${name}.stamp`), value)
export const dropStamp = (name) => rmSync(cached(`${name}.stamp`), { force: true })

/** Things that may fail (a download, an optional package) are tried once a day, not at every start. */
export const recentlyFailed = (key) => Date.now() - Number(readStamp(`failed-${key}`)) < day
export const rememberFailure = (key) => writeStamp(`failed-${key}`, String(Date.now()))

/**
 * True when node_modules is what the lock file says: every package that is not optional is there in the
 * locked version. npm keeps its own list in node_modules/.package-lock.json.
 */
export function modulesMatchLock(lockText, installedText) {
  const locked = JSON.parse(lockText).packages
  const installed = JSON.parse(installedText).packages
  return Object.entries(locked).every(([path, wanted]) => {
    if (path === '' || wanted.link) return true
    const found = installed[path]
    return found
      ? found.version === wanted.version
      : Boolean(wanted.optional || wanted.devOptional || wanted.peer)
  })
}

export function readOr(path, otherwise) {
  return existsSync(path) ? readFileSync(path, 'utf8') : otherwise
}
