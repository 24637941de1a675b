/** A run is paused, stepped, changed and stopped, goes on from what was kept, and halts before it writes a NaN. */
import { expect, test, type Page } from './fixtures.ts'
import { digitsToTrain } from './walk.ts'

async function start(page: Page, rate: string, epochs: string): Promise<void> {
  await page.getByLabel('Learning rate', { exact: true }).fill(rate)
  await page.getByLabel('Epochs', { exact: true }).fill(epochs)
  await page.getByRole('button', { name: 'Start training' }).click()
}

test('a run is steered, and halts before an update that would write a NaN', async ({ page }) => {
  test.slow()
  const run = page.getByRole('region', { name: 'Run' })

  await test.step('a template on digits', async () => {
    await digitsToTrain(page)
  })

  await test.step('pause, one step, another rate, go on, stop', async () => {
    await start(page, '0.02', '1000')
    await expect(run).toContainText(/Epoch ([2-9]|\d\d)/)
    await page.getByRole('button', { name: 'Pause' }).click()
    await expect(run).toContainText('paused')
    const batch = async (): Promise<string> => /batch \d+/.exec((await run.textContent()) ?? '')?.[0] ?? ''
    const before = await batch()
    await page.getByRole('button', { name: 'Step', exact: true }).click()
    await expect.poll(batch).not.toBe(before)
    await expect(run).toContainText('paused')
    const rate = run.getByLabel('Learning rate')
    await rate.fill('0.01')
    await rate.press('Enter')
    await expect(page.getByTestId('loss-chart').getByText(/0\.02 → 0\.01/)).toBeVisible()
    await page.getByRole('button', { name: 'Resume' }).click()
    await expect(run).not.toContainText('paused')
    await page.getByRole('button', { name: 'Stop', exact: true }).click()
    await expect(run).toContainText('stopped')
  })

  await test.step('fork what was kept', async () => {
    await run.getByRole('button', { name: 'Fork' }).click()
    await page.getByRole('menuitem').first().click()
    await expect(run).toContainText('Epoch')
    await page.getByRole('button', { name: 'Stop', exact: true }).click()
    await expect(run).toContainText('stopped')
  })

  await test.step('a rate of a million is caught, its producer named, its batch shown', async () => {
    await start(page, '1000000', '2')
    await expect(page.getByRole('heading', { name: 'Not a number, caught before the update' })).toBeVisible()
    await expect(page.getByText(/^\w+ in Linear( 2)?, (forward|backward)/)).toBeVisible()
    await page.getByRole('button', { name: 'Show its samples' }).click()
    await expect(page.getByRole('dialog').getByRole('img')).not.toHaveCount(0)
    await page.keyboard.press('Escape')
    await expect(run.getByRole('button', { name: 'Go back with a tenth of the rate' })).toBeEnabled()
  })
})
