import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from './fixtures.ts'

test('opens on a workspace, with the engine ready', async ({ page, workbench }) => {
  await expect(page).toHaveTitle(/Tapedeck/)
  await expect(page.getByText(/engine ready/i)).toBeVisible()
  await expect(
    page.getByRole('link', { name: 'Build' }).or(page.getByRole('button', { name: 'Build' })),
  ).toBeVisible()
  expect(readFileSync(join(workbench.workspace, 'workspace.db')).subarray(0, 15).toString()).toBe(
    'SQLite format 3',
  )
})

test('the page is walled in: no Node, no inline script, no other origin, no other window', async ({
  page,
  pageErrors,
}) => {
  const address = page.url()
  const seen = await page.evaluate(async () => {
    const script = document.createElement('script')
    script.textContent = 'window.intruder = true'
    document.head.append(script)
    const fetched = await fetch('https://example.com/').then(
      () => 'reached',
      () => 'refused',
    )
    return {
      node: 'require' in window || 'process' in window,
      intruder: 'intruder' in window,
      fetched,
      opened: window.open('https://example.com/') !== null,
    }
  })
  expect(seen).toMatchObject({ node: false, intruder: false, fetched: 'refused' })
  expect(page.url()).toBe(address)
  // The refusals above are logged by the browser itself.
  pageErrors.splice(0)
})

test('opens again on the same workspace', async ({ workbench }) => {
  await expect(workbench.page.getByText(/engine ready/i)).toBeVisible()
  await workbench.close()
  const page = await workbench.open()
  await expect(page.getByText(/engine ready/i)).toBeVisible()
})
