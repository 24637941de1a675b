/** What only the desktop window has. */
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from './fixtures.ts'
import { electronArguments, electronPath, openShell, startServer } from './shells.ts'
import { digits, goTo, importFrom } from './walk.ts'

test('a second window on one workspace brings the first one to the front', async ({ workbench }) => {
  const child = spawn(electronPath(), electronArguments(workbench.workspace), {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let output = ''
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const code = await new Promise((done) => child.once('exit', done))
  expect(code).toBe(0)
  expect(output).toContain('already open in a window')
  expect(workbench.shell.electron?.windows()).toHaveLength(1)
})

test('the window says why there is no workbench, and opens it when the reason is gone', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tapedeck-e2e-'))
  const workspace = join(folder, 'place')
  writeFileSync(workspace, 'in the way')
  const { page, close } = await openShell('desktop', workspace)
  try {
    const refusal = page.getByRole('alert')
    await expect(refusal).toContainText(`The workspace ${workspace} is a file`)
    expect(await refusal.innerText()).not.toMatch(/\n\s+at /)
    rmSync(workspace)
    await page.getByRole('link', { name: 'Try again' }).click()
    await expect(page.getByText('engine ready')).toBeVisible()
  } finally {
    await close()
    rmSync(folder, { recursive: true, force: true })
  }
})

test('a window on a workspace that a server writes to reads it, and says so', async () => {
  const workspace = mkdtempSync(join(tmpdir(), 'tapedeck-e2e-'))
  const server = startServer(workspace)
  await server.link
  const { page, close } = await openShell('desktop', workspace)
  try {
    await expect(page.getByRole('status', { name: 'Read only' })).toContainText('a server (process')
  } finally {
    await close()
    await server.end('SIGTERM')
    rmSync(workspace, { recursive: true, force: true })
  }
})

test('remembers its size', async ({ workbench }) => {
  const resize = { width: 1100, height: 700 }
  await workbench.shell.electron?.evaluate(
    ({ BrowserWindow }, size) => BrowserWindow.getAllWindows()[0]?.setSize(size.width, size.height),
    resize,
  )
  await workbench.close()
  await workbench.open()
  const bounds = await workbench.shell.electron?.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.getNormalBounds(),
  )
  expect(bounds).toMatchObject(resize)
})

test('ends, and has kept everything, where one of its threads cannot end', async ({ workbench }) => {
  test.skip(process.platform === 'win32', 'needs a named pipe')
  const pipe = join(workbench.workspace, 'pipe')
  execFileSync('mkfifo', [pipe])
  await importFrom(workbench.page, digits)
  // Nothing ends a thread that opens a pipe whose other end nobody opens.
  await workbench.shell.electron?.evaluate((_, path) => {
    const { Worker } = process.getBuiltinModule('node:worker_threads')
    const thread = new Worker(
      `require('node:worker_threads').parentPort.postMessage('here')
       require('node:fs').readFileSync(${JSON.stringify(path)})`,
      { eval: true },
    )
    return new Promise<void>((here) => thread.once('message', () => here()))
  }, pipe)
  await workbench.close()
  const page = await workbench.open()
  await goTo(page, 'Data')
  await expect(page.getByText('digits').first()).toBeVisible()
})
