import { expect, it } from 'vitest'
import { contentHash, modulesMatchLock } from './stamps.mjs'

const lock = (packages) => JSON.stringify({ packages })

it('knows when node_modules is not what the lock file says', () => {
  const locked = lock({
    '': { name: 'tapedeck' },
    'node_modules/a': { version: '1.0.0' },
    'node_modules/a-win32': { version: '1.0.0', optional: true },
  })
  expect(modulesMatchLock(locked, lock({ 'node_modules/a': { version: '1.0.0' } }))).toBe(true)
  expect(modulesMatchLock(locked, lock({ 'node_modules/a': { version: '1.0.1' } }))).toBe(false)
  expect(modulesMatchLock(locked, lock({}))).toBe(false)
  const other = lock({ 'node_modules/a': { version: '1.0.0' }, 'node_modules/a-win32': { version: '2.0.0' } })
  expect(modulesMatchLock(locked, other)).toBe(false)
})

it('hashes contents and facts, and nothing that is skipped or absent', () => {
  const hash = contentHash(['main/launch'])
  expect(contentHash(['main/launch', 'no-such-folder'])).toBe(hash)
  expect(contentHash(['main/launch'], { facts: ['oneDNN'] })).not.toBe(hash)
  expect(contentHash(['main/launch'], { skip: (path) => path.endsWith('run.mjs') })).not.toBe(hash)
})
