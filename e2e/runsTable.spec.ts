/** The table of runs: found, sorted, grouped, named, thrown away and back, and as it was after a restart. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Locator } from '@playwright/test'
import { projectRoot } from '../main/paths.ts'
import { exported } from './exported.ts'
import { expect, test, type Page } from './fixtures.ts'
import { digits, goTo } from './walk.ts'

/** Three rates with two seeds each, for one epoch. */
async function sweep(workspace: string): Promise<void> {
  const script = join(projectRoot(), 'main', 'cli.ts')
  const args = [
    'sweep',
    '--model',
    'digits-mlp',
    '--data',
    digits,
    '--set',
    'lr=0.02,0.005,1e-7',
    '--seeds',
    '2',
  ]
  await promisify(execFile)(process.execPath, [script, ...args, '--epochs', '1', '--workspace', workspace], {
    cwd: projectRoot(),
  })
}

const table = (page: Page): Locator => page.getByRole('treegrid', { name: 'Table of runs' })
const runs = (page: Page): Locator => table(page).getByRole('checkbox', { name: /^Compare run \d/ })
const row = (page: Page, id: number): Locator =>
  table(page)
    .getByRole('row')
    .filter({ has: page.getByRole('checkbox', { name: new RegExp(`^Compare run ${id},`) }) })
const cell = (at: Locator, field: string): Locator => at.locator(`[data-field="${field}"]`)
const column = (page: Page, field: string): Promise<string[]> =>
  table(page).locator(`[role=row] [data-field="${field}"]`).allTextContents()
const head = (page: Page, name: RegExp): Locator =>
  table(page).getByRole('columnheader').getByRole('button', { name })
const filter = (page: Page): Locator => page.getByRole('combobox', { name: 'Filter runs' })

test('runs are found, sorted, grouped, named, binned and kept as they were', async ({
  page: first,
  workbench,
}) => {
  let page = first
  await test.step('six runs with three rates', async () => {
    await workbench.close()
    await sweep(workbench.workspace)
    page = await workbench.open()
    await goTo(page, 'Compare')
    await expect(runs(page)).toHaveCount(6)
  })

  await test.step('the best validation value first', async () => {
    await head(page, /^val\/accuracy best/).click()
    await expect(
      table(page).getByRole('columnheader').filter({ hasText: 'val/accuracy best' }),
    ).toHaveAttribute('aria-sort', 'descending')
    const values = (await column(page, 'val/accuracy.best')).map(Number)
    expect(values).toHaveLength(6)
    expect(values).toEqual([...values].sort((a, b) => b - a))
    const [best] = await runs(page)
      .first()
      .locator('xpath=ancestor::*[@role="row"]')
      .locator('[data-field="name"]')
      .allTextContents()
    // The rate that is far too small learns least.
    expect(best).not.toContain('1e-7')
  })

  await test.step('a filter is typed, its mistakes are named, and values are clicked', async () => {
    await filter(page).fill('lrr > 0.01')
    await table(page).focus()
    await expect(
      page.getByRole('alert').filter({ hasText: 'No run has anything called “lrr”. Did you mean lr?' }),
    ).toBeVisible()
    await filter(page).fill('lr >= 0.005 and ')
    await filter(page).pressSequentially('see')
    await page.getByRole('option', { name: /^seed/ }).click()
    await filter(page).pressSequentially('= 1')
    await expect(runs(page)).toHaveCount(2)
    await filter(page).press('Escape')
    await filter(page).press('Escape')
    await expect(filter(page)).toHaveValue('')
    await cell(row(page, 5), 'status').click({ button: 'right' })
    await page.getByRole('menuitem', { name: 'Without status finished' }).click()
    await expect(filter(page)).toHaveValue('status != "finished"')
    await expect(page.getByText('No run matches.')).toBeVisible()
    await page.getByRole('button', { name: 'Show all runs' }).click()
    await expect(runs(page)).toHaveCount(6)
  })

  await test.step('the same by keyboard, and by the button of a cell', async () => {
    const only = page.getByRole('menuitem', { name: 'Only run 5', exact: true })
    const place = cell(row(page, 5), 'run')
    await place.click()
    await page.keyboard.press('ArrowRight')
    await expect(place).not.toHaveAttribute('data-active')
    await page.keyboard.press('ArrowLeft')
    await expect(place).toHaveAttribute('data-active')
    await page.keyboard.press('Shift+F10')
    await expect(only).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(only).toBeHidden()
    await place.hover()
    await place.getByRole('button', { name: 'Filter by this Run, and more' }).click()
    await only.click()
    await expect(runs(page)).toHaveCount(1)
    await filter(page).fill('')
    await expect(runs(page)).toHaveCount(6)
  })

  await test.step('grouped by rate, seeds in one row', async () => {
    await page.getByRole('button', { name: 'Group', exact: true }).click()
    await page.getByRole('menuitemcheckbox', { name: 'lr', exact: true }).click()
    await page.getByRole('menuitemcheckbox', { name: 'One row for all seeds' }).click()
    await page.keyboard.press('Escape')
    const groups = table(page).getByRole('row', { expanded: true })
    await expect(groups).toHaveCount(3)
    await expect(groups.filter({ hasText: 'lr 1e-7' })).toContainText('2 runs')
    const seeds = table(page).getByRole('row', { expanded: false })
    await expect(seeds).toHaveCount(3)
    await expect(cell(seeds.first(), 'val/accuracy.best')).toHaveText(/^0\.\d+ ± 0\.\d+$/)
    await seeds.first().click()
    await expect(runs(page)).toHaveCount(2)
  })

  await test.step('the view is saved under a name, and opens first', async () => {
    await page.getByRole('button', { name: 'View:' }).click()
    await page.getByRole('menuitem', { name: 'Save as…' }).click()
    await page.getByLabel('Name of the view').fill('Rates')
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByRole('button', { name: /Rates/ }).click()
    await page.getByRole('menuitem', { name: 'Open with this view' }).click()
    await page.getByRole('button', { name: /Rates/ }).click()
    await page.getByRole('menuitem', { name: 'All runs, newest first' }).click()
    await expect(runs(page)).toHaveCount(6)
  })

  await test.step('named, tagged and noted by keyboard', async () => {
    // The page ticks the newest two by itself.
    await page.getByRole('button', { name: 'Untick all' }).click()
    await cell(row(page, 1), 'run').click()
    await page.keyboard.press('F2')
    await page.getByLabel('Name of run 1').fill('The one to beat')
    await page.keyboard.press('Enter')
    await expect(cell(row(page, 1), 'name')).toHaveText('The one to beat')
    await page.keyboard.press('Shift+ArrowUp')
    await expect(page.getByText('2 ticked')).toBeVisible()
    await page.reload()
    await expect(page.getByText('2 ticked')).toBeVisible()
    await page.getByRole('button', { name: /Rates/ }).click()
    await page.getByRole('menuitem', { name: 'All runs, newest first' }).click()
    await cell(row(page, 2), 'run').click()
    await page.keyboard.press('t')
    await page
      .getByRole('combobox', { name: 'Tags' })
      .or(page.getByRole('textbox', { name: 'Tags' }))
      .fill('paper')
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await expect(cell(row(page, 1), 'tag')).toHaveText('paper')
    await expect(cell(row(page, 2), 'tag')).toHaveText('paper')
    await cell(row(page, 1), 'run').click()
    await page.keyboard.press('n')
    await page.getByRole('textbox', { name: 'Note' }).fill('Beat this with fewer weights.')
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await expect(cell(row(page, 1), 'note')).toHaveText('Beat this with fewer weights.')
  })

  await test.step('binned, undone, binned, restored, deleted for ever', async () => {
    await page.getByRole('button', { name: 'Untick all' }).click()
    await cell(row(page, 5), 'run').click()
    await page.keyboard.press('Delete')
    await expect(runs(page)).toHaveCount(5)
    await page.getByRole('button', { name: 'Undo' }).click()
    await expect(runs(page)).toHaveCount(6)
    for (const id of [4, 5]) {
      await cell(row(page, id), 'run').click()
      await page.keyboard.press('Delete')
      await expect(row(page, id)).toHaveCount(0)
    }
    await page.getByRole('button', { name: 'Bin', exact: true }).click()
    await page.getByRole('button', { name: 'Restore run 4' }).click()
    await expect(page.getByRole('button', { name: 'Restore run 4' })).toHaveCount(0)
    await page.getByRole('button', { name: 'Empty the bin…' }).click()
    await page.getByRole('button', { name: 'Delete for ever' }).click()
    await expect(page.getByText('The bin is empty.')).toBeVisible()
    await page.getByRole('button', { name: 'All runs', exact: true }).click()
    await expect(runs(page)).toHaveCount(5)
  })

  await test.step('exported as shown', async () => {
    const [names, ...lines] = (await exported(workbench, 'CSV')).toString().trim().split('\r\n')
    expect(names).toMatch(/^run,name,.*val\/accuracy\.best/)
    expect(lines).toHaveLength(5)
    expect(lines.join('\n')).toContain('The one to beat')
  })

  await test.step('after a restart all is as it was', async () => {
    await workbench.close()
    page = await workbench.open()
    await goTo(page, 'Compare')
    await expect(page.getByRole('button', { name: /Rates/ })).toBeVisible()
    const groups = table(page).getByRole('row', { expanded: true })
    await expect(groups).toHaveCount(3)
    await page.getByRole('button', { name: /Rates/ }).click()
    await page.getByRole('menuitem', { name: 'All runs, newest first' }).click()
    await expect(runs(page)).toHaveCount(5)
    await expect(cell(row(page, 1), 'name')).toHaveText('The one to beat')
    await expect(cell(row(page, 1), 'tag')).toHaveText('paper')
    await expect(cell(row(page, 1), 'note')).toHaveText('Beat this with fewer weights.')
  })
})
