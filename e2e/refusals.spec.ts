/** Workspaces that cannot be opened: a sentence with the value and what to do, and no stack trace. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from './fixtures.ts'
import { openShell, startServer } from './shells.ts'

const stack = /\n\s+at /

test('a workspace that is open already is not opened by a server', async ({ workbench, shell }) => {
  const second = startServer(workbench.workspace)
  const refused = await second.link.then(
    () => 'opened',
    (error: Error) => error.message,
  )
  expect(refused).toContain('ended with 1')
  expect(refused).toContain(
    `The workspace ${workbench.workspace} is already open in another Tapedeck (${shell}`,
  )
  expect(refused).toContain('--workspace')
  expect(refused).not.toMatch(stack)
})

test('a workspace that is no folder is refused in words', async ({ shell }) => {
  const folder = mkdtempSync(join(tmpdir(), 'tapedeck-e2e-'))
  const workspace = join(folder, 'notes.txt')
  writeFileSync(workspace, 'mine')
  const sentence = `The workspace ${workspace} is a file`
  if (shell === 'browser') {
    const refused = await startServer(workspace).link.catch((error: Error) => error.message)
    expect(refused).toContain(sentence)
    expect(refused).not.toMatch(stack)
  } else {
    const { page, close } = await openShell('desktop', workspace)
    await expect(page.getByRole('alert')).toContainText(sentence)
    await close()
  }
  rmSync(folder, { recursive: true })
})
