import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from './fixtures.ts'

test('opens on a workspace, with the engine ready, and again after a reload', async ({ page, workbench }) => {
  await expect(page).toHaveTitle(/Tapedeck/)
  await expect(page.getByText('engine ready')).toBeVisible()
  const file = readFileSync(join(workbench.workspace, 'workspace.db'))
  expect(file.subarray(0, 15).toString()).toBe('SQLite format 3')
  await page.reload()
  await expect(page.getByText('engine ready')).toBeVisible()
})

test('opens again on the same workspace after it was closed, and after it was killed', async ({
  workbench,
}) => {
  await workbench.close()
  const second = await workbench.open()
  await expect(second.getByText('engine ready')).toBeVisible()
  await workbench.kill()
  const third = await workbench.open()
  await expect(third.getByText('engine ready')).toBeVisible()
})

test('the page is walled in: no Node, no inline script, no other origin, no other window, no way off', async ({
  page,
  pageErrors,
  workbench,
}) => {
  await expect(page.getByText('engine ready')).toBeVisible()
  const address = page.url()
  const seen = await page.evaluate(async () => {
    const script = document.createElement('script')
    script.textContent = 'window.intruder = true'
    document.head.append(script)
    const fetched = await fetch('https://example.com/').then(
      () => 'reached',
      () => 'refused',
    )
    return { node: 'require' in window || 'process' in window, intruder: 'intruder' in window, fetched }
  })
  expect(seen).toEqual({ node: false, intruder: false, fetched: 'refused' })
  // A person may take a browser's tab anywhere; the window is ours.
  const { electron } = workbench.shell
  if (electron) {
    const opened = await page.evaluate(() => {
      window.location.href = 'https://example.com/'
      return window.open('https://example.com/') !== null
    })
    expect(opened).toBe(false)
    const place = (): Promise<string[]> =>
      electron.evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows().map(({ webContents }) =>
          webContents.isLoading() ? 'loading' : webContents.getURL(),
        ),
      )
    await expect.poll(place).toEqual([address])
  }
  // The browser itself logs what it refused.
  pageErrors.splice(0)
})
