/**
 * The main job, as a person does it: real digits, a network drawn by hand, two runs, side by side after a restart.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../main/paths.ts'
import { dragFromPalette, node, wire } from './canvas.ts'
import { expect, test, type Page } from './fixtures.ts'
import { digitsToTrain, goTo, importFrom } from './walk.ts'

const mnist = join(projectRoot(), '..', 'shared', 'data', 'mnist')
const digits = existsSync(mnist) ? mnist : join(projectRoot(), 'resources', 'samples', 'digits')

const shapes = (page: Page): Promise<string[]> => page.getByTestId('wire-shape').allTextContents()
const properties = (page: Page) => page.getByRole('complementary', { name: 'Properties' })

/** Longest time in milliseconds between two frames of the page while `during` runs. */
async function longestFrame(page: Page, during: () => Promise<void>): Promise<number> {
  await page.evaluate(() => {
    const watch = { longest: 0, last: performance.now(), on: true }
    Object.assign(window, { frameWatch: watch })
    const tick = (now: number): void => {
      watch.longest = Math.max(watch.longest, now - watch.last)
      watch.last = now
      if (watch.on) requestAnimationFrame(tick)
    }
    requestAnimationFrame(tick)
  })
  await during()
  return page.evaluate(() => {
    const { frameWatch } = window as unknown as { frameWatch: { longest: number; on: boolean } }
    frameWatch.on = false
    return frameWatch.longest
  })
}

test('from a folder of digits to two runs compared after a restart', async ({ page: first, workbench }) => {
  let page = first

  await test.step('point at real data', async () => {
    await importFrom(page, digits)
    await expect(page.getByTestId('samples').getByRole('img').first()).toBeVisible()
    await expect(page.getByText('10 classes').first()).toBeVisible()
  })

  await test.step('assemble 784-256-10 by dragging', async () => {
    await goTo(page, 'Build')
    await dragFromPalette(page, 'Input', { x: 0.12, y: 0.25 })
    await dragFromPalette(page, 'Flatten', { x: 0.46, y: 0.25 })
    await dragFromPalette(page, 'Linear', { x: 0.8, y: 0.25 })
    await properties(page).getByLabel('Outputs').fill('256')
    await dragFromPalette(page, 'ReLU', { x: 0.12, y: 0.65 })
    await dragFromPalette(page, 'Linear', { x: 0.46, y: 0.65 })
    await properties(page).getByLabel('Outputs').fill('10')
    await dragFromPalette(page, 'Output', { x: 0.8, y: 0.65 })
    await wire(page, 'Input', 'Flatten')
    await wire(page, 'Flatten', 'Linear')
    await wire(page, 'Linear', 'ReLU')
    await wire(page, 'ReLU', 'Linear 2')
    await wire(page, 'Linear 2', 'Output')
    expect((await shapes(page)).sort()).toEqual(
      ['B x 1 x 28 x 28', 'B x 784', 'B x 256', 'B x 256', 'B x 10'].sort(),
    )
  })

  await test.step('break a size, read both shapes on the node, mend it', async () => {
    await node(page, 'Linear 2').click()
    await properties(page).getByLabel('Outputs').fill('12')
    const problem = node(page, 'Output').getByRole('status')
    await expect(problem).toContainText('B x 10')
    await expect(problem).toContainText('B x 12')
    await problem.getByRole('button', { name: 'Set Linear 2 to 10' }).click()
    await expect(problem).toHaveCount(0)
    expect(await shapes(page)).toContain('B x 10')
  })

  await test.step('undo and redo reach the mend and what was before it', async () => {
    await page.getByRole('button', { name: 'Undo' }).click()
    await expect(node(page, 'Output').getByRole('status')).toContainText('B x 12')
    await page.getByRole('button', { name: 'Redo' }).click()
    await expect(node(page, 'Output').getByRole('status')).toHaveCount(0)
  })

  await test.step('train: the chart grows, the page stays responsive, pause and go on', async () => {
    await goTo(page, 'Train')
    // More epochs than this test has time for: it ends the run itself.
    await page.getByLabel('Epochs', { exact: true }).fill('2000')
    await page.getByRole('button', { name: 'Start training' }).click()
    const run = page.getByRole('region', { name: 'Run' })
    const drawn = page.getByTestId('loss-chart').locator('path[data-trace]').first()
    await expect(drawn).toBeVisible()
    const early = await drawn.getAttribute('d')
    await expect.poll(() => drawn.getAttribute('d')).not.toBe(early)
    const longest = await longestFrame(page, async () => {
      await goTo(page, 'Data')
      await goTo(page, 'Train')
      await expect(run).toContainText('Epoch')
    })
    // Two cores train while this is measured; a page that waits on training would stand still for seconds.
    expect(longest).toBeLessThan(500)

    await expect(run).toContainText('Best so far')
    await page.getByRole('button', { name: 'Pause' }).click()
    await expect(run).toContainText('paused')
    // What follows it, such as the best so far, is read again when the page is opened.
    const position = async (): Promise<string> =>
      /^.*?paused/.exec((await run.textContent()) ?? '')?.[0] ?? ''
    const stood = await position()
    expect(stood).toMatch(/batch \d+ of \d+/)
    await goTo(page, 'Compare')
    await goTo(page, 'Train')
    await expect.poll(position).toBe(stood)
    await page.getByRole('button', { name: 'Resume' }).click()
    await expect(run).not.toContainText('paused')
    await expect(run).not.toContainText(stood.replace(' · paused', ''))
    await page.getByRole('button', { name: 'Stop', exact: true }).click()
    await expect(run).toContainText('stopped')
    await expect(run).toContainText('validation accuracy')
  })

  await test.step('change the learning rate and train again', async () => {
    await page.getByLabel('Learning rate', { exact: true }).fill('0.01')
    await page.getByLabel('Epochs', { exact: true }).fill('2')
    await page.getByRole('button', { name: 'Start training' }).click()
    await expect(page.getByRole('region', { name: 'Run' })).toContainText('finished')
  })

  await test.step('overlay both runs', async () => overlay(page))

  await test.step('close, start again, find both', async () => {
    await workbench.close()
    page = await workbench.open()
    await overlay(page)
    await goTo(page, 'Build')
    expect(await shapes(page)).toContain('B x 256')
  })
})

async function overlay(page: Page): Promise<void> {
  await goTo(page, 'Compare')
  const runs = page.getByRole('checkbox', { name: /^Compare run \d/ })
  await expect(runs).toHaveCount(2)
  for (const run of await runs.all()) await run.check()
  await expect(page.getByTestId('curve-chart').locator('canvas[data-painted="2"]')).toBeVisible()
  await expect(page.getByText('0.02').first()).toBeVisible()
  await expect(page.getByText('0.01').first()).toBeVisible()
}

test('a killed process leaves a workspace that opens, and its run marked interrupted', async ({
  page,
  workbench,
}) => {
  await digitsToTrain(page, digits)
  await page.getByLabel('Epochs', { exact: true }).fill('1000')
  await page.getByRole('button', { name: 'Start training' }).click()
  await expect(page.getByRole('region', { name: 'Run' })).toContainText(/Epoch ([2-9]|\d\d)/)
  await workbench.kill()
  const again = await workbench.open()
  await goTo(again, 'Compare')
  await expect(again.getByRole('region', { name: 'Runs' })).toContainText('interrupted')
})

test('bad input gets a sentence with the value and what to do', async ({ page, workbench }) => {
  await goTo(page, 'Data')
  const missing = join(workbench.workspace, 'no-such-folder')
  await page.getByLabel('Path of a folder or file').fill(missing)
  await page.getByRole('button', { name: 'Look' }).click()
  await expect(page.getByRole('alert').filter({ hasText: missing })).toBeVisible()
})
