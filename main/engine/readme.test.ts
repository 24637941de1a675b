// The programs of README.md, run as a newcomer would: each asserts its own result.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const here = import.meta.dirname
const readme = readFileSync(`${here}/README.md`, 'utf8')
const programs = [...readme.matchAll(/^### (.+)$[^]*?^```ts\n([^]*?)^```$/gm)].map(
  ([, title = '', code = '']) => ({ title, code }),
)

test('every code block of the README is a program of this test', () => {
  expect(programs.length).toBeGreaterThanOrEqual(3)
  expect(programs.length).toBe(readme.match(/^```ts$/gm)?.length)
})

test.each(programs)('$title', ({ code }) => {
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module-typescript', '-'], {
    cwd: here,
    input: code,
    encoding: 'utf8',
  })
  expect(stderr.replace(/^.*(ExperimentalWarning|--trace-warnings).*$/gm, '').trim()).toBe('')
  expect(status).toBe(0)
})
