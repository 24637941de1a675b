/** Sweeps from the page: a grid is set up, watched and read; seeds are paused, gone on with, and survive a power cut. */
import { expect, test, type Page } from './fixtures.ts'
import { digitsToTrain, goTo } from './walk.ts'

const sweep = (page: Page) => page.getByRole('region', { name: 'Sweep' })

test('a grid is trained and read; seeds go on after a pause and after a power cut', async ({
  page,
  workbench,
}) => {
  test.slow()

  await test.step('a grid of two by two, counted before it starts', async () => {
    await digitsToTrain(page)
    await page.getByLabel('Epochs', { exact: true }).fill('1')
    await page.getByRole('button', { name: 'Sweep…' }).click()
    const dialog = page.getByRole('dialog')
    const rate = dialog.getByRole('group', { name: 'Learning rate' })
    await rate.getByText('Values', { exact: true }).click()
    await rate.getByLabel('Values of Learning rate').fill('0.02, fast')
    await expect(rate.getByRole('alert')).toHaveText('"fast" is not a number.')
    await expect(dialog.getByRole('button', { name: 'Start sweep' })).toBeDisabled()
    await rate.getByLabel('Values of Learning rate').fill('0.02, 0.0001')
    await dialog.getByPlaceholder(/Add a setting/).click()
    await page.getByRole('option', { name: 'Batch size' }).click()
    await dialog.getByLabel('Values of Batch size').fill('32, 64')
    await expect(dialog.getByRole('status')).toHaveText('4 runs')
    await expect(dialog.getByRole('list', { name: 'The first runs' })).toContainText('lr 1e-4 · batch 64')
    await dialog.getByRole('button', { name: 'Start sweep' }).click()
  })

  await test.step('its best, and every trial', async () => {
    await expect(sweep(page)).toContainText('4 of 4 trials finished')
    await expect(page.getByText(/^lr 0\.02 · batch (32|64)$/)).toBeVisible()
    await expect(
      page.getByText('Too few to say how much it matters: 4 combinations, at least 12 are needed.'),
    ).toHaveCount(2)
    await expect(
      page.getByRole('img', { name: 'val/accuracy by Learning rate' }).locator('circle'),
    ).toHaveCount(4)
    await expect(page.getByRole('row', { name: /finished run \d+/ })).toHaveCount(4)
    await page.getByRole('button', { name: 'Use these settings' }).click()
    await expect(page.getByLabel('Learning rate', { exact: true })).toHaveValue('0.02')
  })

  await test.step('five seeds, paused and gone on with', async () => {
    await page.getByLabel('Epochs', { exact: true }).fill('1000')
    await page.getByRole('button', { name: '× 5 seeds' }).click()
    await expect(page.getByRole('dialog').getByRole('status')).toContainText('5 runs')
    await page.getByRole('button', { name: 'Start sweep' }).click()
    await expect(sweep(page)).toContainText('Trial 1 trains: seed 1')
    await sweep(page).getByRole('button', { name: 'Pause sweep' }).click()
    await expect(page.getByRole('row', { name: /interrupted run 5/ })).toBeVisible()
    await sweep(page).getByRole('button', { name: 'Go on' }).click()
    await expect(page.getByRole('row', { name: /training run 5/ })).toBeVisible()
  })

  await test.step('after a power cut it is paused, says so, and goes on with one click', async () => {
    await workbench.kill()
    const again = await workbench.open()
    await expect(again.getByText('1 sweep paused')).toBeVisible()
    await goTo(again, 'Compare')
    await again.getByRole('link', { name: /^Sweeps/ }).click()
    await expect(sweep(again)).toContainText('Tapedeck was closed before it had ended.')
    await again.getByRole('contentinfo').getByRole('button', { name: 'Go on' }).click()
    await expect(again.getByRole('row', { name: /training run 5/ })).toBeVisible()
    await again.getByRole('button', { name: 'Skip trial 2' }).click()
    await expect(again.getByRole('row', { name: /skipped/ })).toHaveCount(1)
    await sweep(again).getByRole('button', { name: 'Stop sweep' }).click()
    await expect(sweep(again)).toContainText('stopped')
    await expect(again.getByRole('row', { name: /not run to its end/ })).toHaveCount(4)
  })
})
