/** What differs between two runs: a setting, a layer, the samples they disagree on; and plots that filter the table. */
import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Locator } from '@playwright/test'
import { insertOnWire } from '../main/common/edit.ts'
import { templates } from '../main/common/templates.ts'
import { projectRoot } from '../main/paths.ts'
import { expect, test, type Page } from './fixtures.ts'
import { digits, goTo } from './walk.ts'

/** The model for digits with a Dropout behind its first ReLU. */
function withDropout(): string {
  const { document } = templates().find(({ id }) => id === 'digits-mlp')!
  const relu = document.nodes.find(({ kind }) => kind === 'relu')!
  const wire = document.wires.find(({ from }) => from.node === relu.id)!
  const inserted = insertOnWire(document, wire.id, 'dropout', { p: 0.3 })
  if ('refused' in inserted) throw new Error(inserted.refused)
  return JSON.stringify(inserted.document)
}

async function train(workspace: string, model: string, rate: string): Promise<void> {
  const script = join(projectRoot(), 'main', 'cli.ts')
  const args = ['train', '--model', model, '--data', digits, '--epochs', '1', '--learning-rate', rate]
  await promisify(execFile)(process.execPath, [script, ...args, '--workspace', workspace], {
    cwd: projectRoot(),
  })
}

const runs = (page: Page): Locator =>
  page.getByRole('treegrid', { name: 'Table of runs' }).getByRole('checkbox', { name: /^Compare run \d/ })

test('two runs differ in a rate and a layer, disagree on samples, and are brushed', async ({
  page: first,
  workbench,
}) => {
  let page = first
  await test.step('a run, and one with another rate and one layer more', async () => {
    await workbench.close()
    const model = join(workbench.workspace, 'with-dropout.json')
    await train(workbench.workspace, 'digits-mlp', '0.002')
    await writeFile(model, withDropout())
    await train(workbench.workspace, model, '0.03')
    page = await workbench.open()
    await goTo(page, 'Compare')
    await expect(runs(page)).toHaveCount(2)
  })

  await test.step('the rate is the first thing that differs, the layer is counted', async () => {
    const differing = page.getByRole('table', { name: 'What differs' })
    await expect(differing.getByRole('row', { name: /^lr 0\.03 0\.002/ })).toBeVisible()
    await expect(differing.getByRole('row', { name: /^threads/ })).toHaveCount(0)
    await page.getByRole('button', { name: /^1 layer added/ }).click()
    const view = page.getByRole('dialog', { name: 'Layers of 2 against 1' })
    await expect(view.locator('[data-state="added"]')).toHaveText(/Dropout.*added/)
    await expect(view.locator('[data-state="removed"], [data-state="changed"]')).toHaveCount(0)
    await page.keyboard.press('Escape')
    await expect(view).toBeHidden()
  })

  await test.step('the samples that the second mends are shown with both answers', async () => {
    const box = page.getByRole('region', { name: 'Samples' }).getByRole('button', { name: /mended by 2/ })
    const number = Number(/\d+/.exec(await box.innerText())![0])
    expect(number).toBeGreaterThan(0)
    await box.click()
    const dialog = page.getByRole('dialog', { name: /mended by 2/ })
    await expect(dialog.getByRole('listitem')).toHaveCount(Math.min(60, number))
    await expect(dialog.getByRole('img').first()).toBeVisible()
    await expect(dialog.getByRole('listitem').first()).toContainText(/true \d.*2.*✓.*1.*✗/)
    await page.keyboard.press('Escape')
    await expect(dialog).toBeHidden()
  })

  await test.step('a brush on the axis of the rate leaves one run in the table', async () => {
    await page.getByRole('tab', { name: 'Parallel coordinates' }).click()
    const end = page.getByRole('slider', { name: 'lr, brushed from' })
    for (let i = 0; i < 10; i += 1) await end.press('ArrowUp')
    await expect(runs(page)).toHaveCount(1)
    await expect(runs(page)).toHaveAccessibleName(/^Compare run 2,/)
    await end.press('Escape')
    await expect(runs(page)).toHaveCount(2)
  })

  await test.step('a line is found by keyboard, says what it is, and is unticked and ticked', async () => {
    const lines = page.getByRole('application', { name: /^Lines of 2 runs across lr/ })
    await lines.focus()
    await lines.press('ArrowDown')
    const said = lines.getByRole('status')
    await expect(said).toContainText(/^[12] .*lr0\.0/)
    const id = Number((await said.innerText()).slice(0, 1))
    const box = page.getByRole('checkbox', { name: new RegExp(`^Compare run ${id},`) })
    await expect(box).toBeChecked()
    await lines.press('Enter')
    await expect(box).not.toBeChecked()
    await lines.press('Enter')
    await expect(box).toBeChecked()
  })

  await test.step('a drag over the scatter brushes too', async () => {
    await page.getByRole('tab', { name: 'Scatter' }).click()
    await expect(page.getByRole('application', { name: /^Scatter of 2 runs/ })).toBeVisible()
    // A run that is pointed at in the table stands out in the plot.
    await runs(page).last().hover()
    const point = (await page.locator('circle[data-run="1"]').boundingBox())!
    await page.mouse.move(point.x - 20, point.y - 20)
    await page.mouse.down()
    await page.mouse.move(point.x + 30, point.y + 30, { steps: 4 })
    await page.mouse.up()
    await expect(runs(page)).toHaveCount(1)
    await expect(runs(page)).toHaveAccessibleName(/^Compare run 1,/)
  })
})
