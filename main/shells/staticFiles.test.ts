import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { pathWithin, readPageFile } from './staticFiles.ts'

const base = mkdtempSync(join(tmpdir(), 'tapedeck-static-'))
const page = join(base, 'page')
mkdirSync(join(page, 'assets'), { recursive: true })
writeFileSync(join(page, 'index.html'), '<p>hello')
writeFileSync(join(page, 'assets', 'a-1.js'), '1')
writeFileSync(join(base, 'secret.html'), 'secret')
mkdirSync(join(base, 'page-other'))
writeFileSync(join(base, 'page-other', 'x.html'), 'secret')
afterAll(() => rmSync(base, { recursive: true }))

it('serves the page at / and its assets for good', async () => {
  const index = await readPageFile(page, '/')
  expect(index?.body.toString()).toBe('<p>hello')
  expect(index?.headers['Cache-Control']).toBe('no-cache')
  expect((await readPageFile(page, '/assets/a-1.js'))?.headers['Cache-Control']).toContain('immutable')
})

it.each([
  '/../secret.html',
  '/%2e%2e/secret.html',
  '/..%2fsecret.html',
  '/assets/../../secret.html',
  '/../page-other/x.html',
  '/..%5csecret.html',
  '/%00.html',
  '/%zz',
])('does not leave the folder by %s', async (pathname) => {
  expect(pathWithin(page, pathname)).toBeNull()
  expect(await readPageFile(page, pathname)).toBeNull()
})

it('has nothing for what is not there, folders and unknown kinds', async () => {
  for (const name of ['/missing.js', '/assets', '/assets/', '/index'])
    expect(await readPageFile(page, name)).toBeNull()
})
