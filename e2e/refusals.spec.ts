/** Workspaces that cannot be opened: a sentence with the value and what to do, and no stack trace. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from './fixtures.ts'
import { openShell, startServer } from './shells.ts'

const stack = /\n\s+at /

test('a workspace that is open already is opened to be read, and taken over when the other is closed', async ({
  workbench,
  shell,
}) => {
  const second = await openShell('browser', workbench.workspace)
  const banner = second.page.getByRole('status', { name: 'Read only' })
  try {
    const writer = shell === 'browser' ? 'a server' : 'a window'
    await expect(banner).toContainText(`Read only: ${writer} (process `)
    await expect(second.page.getByText('engine ready')).toBeVisible()
    await expect(workbench.page.getByRole('status', { name: 'Read only' })).toHaveCount(0)
    await workbench.close()
    await expect(banner).toContainText('has been closed')
    await banner.getByRole('button', { name: 'Take over' }).click()
    await expect(banner).toHaveCount(0)
  } finally {
    await second.close()
  }
  await workbench.open()
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
