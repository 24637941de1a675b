/** Takes something out of the page as a person does, in both shells. */
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { RunningWorkbench } from './fixtures.ts'

/** What a person would find in the file after choosing an item of the Export menu. */
export async function exported({ page, shell, workspace }: RunningWorkbench, item: string): Promise<Buffer> {
  const path = join(workspace, 'exported')
  rmSync(path, { force: true })
  const choose = async (): Promise<void> => {
    await page.getByRole('button', { name: 'Export', exact: true }).click()
    await page.getByRole('menuitem', { name: item, exact: true }).click()
  }
  if (shell.electron === null) {
    const [download] = await Promise.all([page.waitForEvent('download'), choose()])
    await download.saveAs(path)
    return readFileSync(path)
  }
  // The window would ask where to save with a dialogue of the system.
  const saved = shell.electron.evaluate(
    ({ BrowserWindow }, path) =>
      new Promise<void>((done) => {
        const session = BrowserWindow.getAllWindows()[0]?.webContents.session
        session?.once('will-download', (_, download) => {
          download.setSavePath(path)
          download.once('done', () => done())
        })
      }),
    path,
  )
  await choose()
  await saved
  return readFileSync(path)
}
