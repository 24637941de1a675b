/** A person sets a run up: finds a rate, tries one batch, falls a rate along a schedule, lets it end by itself. */
import { expect, test, type Page } from './fixtures.ts'
import { digitsToTrain } from './walk.ts'

const run = (page: Page) => page.getByRole('region', { name: 'Run', exact: true })
const group = (page: Page, name: string) => page.getByRole('region', { name, exact: true })
const toggle = (page: Page, name: string): Promise<void> =>
  group(page, name).getByRole('button', { expanded: false }).click()
const setting = (page: Page, label: string) => page.getByLabel(label, { exact: true })

test('settings are found, tried, and seen at work', async ({ page }) => {
  test.slow()

  await test.step('a template on digits', async () => {
    await digitsToTrain(page)
  })

  await test.step('a range test suggests a rate; another is taken from the curve', async () => {
    await page.getByRole('button', { name: 'Find a learning rate' }).click()
    const finder = page.getByRole('dialog', { name: 'Find a learning rate' })
    await expect(finder).toContainText('Suggested: where the loss falls fastest')
    const use = finder.getByRole('button', { name: /^Use / })
    const suggested = await use.textContent()
    const chart = finder.getByRole('application')
    await chart.hover()
    await expect(finder.getByText('this batch')).toBeVisible()
    await chart.click()
    await expect(use).not.toHaveText(suggested ?? '')
    const taken = ((await use.textContent()) ?? '').replace('Use ', '')
    await use.click()
    await expect(setting(page, 'Learning rate')).toHaveValue(taken)
  })

  await test.step('a value that is not allowed is marked with its bounds, and stays in sight', async () => {
    await toggle(page, 'Optimizer details')
    await setting(page, 'Weight decay').fill('7')
    await expect(page.getByText('A number from 0 to 1, such as 0.01.')).toBeVisible()
    await expect(page.getByRole('button', { name: 'Start training' })).toBeDisabled()
    await page.getByRole('button', { name: 'Reset Optimizer details' }).click()
    await expect(setting(page, 'Weight decay')).toHaveValue('0')
    await expect(page.getByRole('button', { name: 'Start training' })).toBeEnabled()
  })

  await test.step('one batch is learnt by heart, and that is said', async () => {
    await setting(page, 'Learning rate').fill('0.02')
    await page.getByRole('button', { name: 'Overfit one batch' }).click()
    await expect(run(page)).toContainText(
      /One batch learnt by heart, as it should be: its loss went from 2\.\d+ to 0\.0\d+ in \d+ steps\./,
    )
  })

  await test.step('a cosine: drawn ahead, and seen falling while it trains', async () => {
    await toggle(page, 'Schedule')
    await group(page, 'Schedule').getByRole('combobox').selectOption('cosine')
    await setting(page, 'Warm-up').fill('20')
    await setting(page, 'Epochs').fill('4')
    await expect(
      page.getByRole('img', { name: /^Learning rate from .* over 316 steps, 0\.02 at most/ }),
    ).toBeVisible()
    await page.getByRole('button', { name: 'Start training' }).click()
    await expect(run(page)).toContainText('finished')
    const line = page.getByRole('img', { name: 'Learning rate over the run' }).locator('path').last()
    // From the top, where the warm-up ended, to the foot of the chart.
    const heights = async (): Promise<number[]> =>
      ((await line.getAttribute('d')) ?? '')
        .split(/[ML]/)
        .filter(Boolean)
        .map((point) => Number(point.split(' ')[1]))
    await expect
      .poll(async () => {
        const all = await heights()
        return (all.at(-1) ?? 0) - Math.min(...all)
      })
      .toBeGreaterThan(30)
  })

  await test.step('what was set is remembered, and said in a line', async () => {
    await page.reload()
    await group(page, 'Schedule').getByRole('button', { expanded: true }).click()
    await expect(group(page, 'Schedule')).toContainText('cosine, 20 steps of warm-up')
  })

  await test.step('early stopping ends a run, and says why', async () => {
    await setting(page, 'Learning rate').fill('1e-9')
    await setting(page, 'Epochs').fill('50')
    await toggle(page, 'Early stopping')
    await page.getByLabel('End the run when it no longer improves').check()
    await setting(page, 'Patience').fill('1')
    await setting(page, 'At least').fill('0.01')
    await page.getByRole('button', { name: 'Start training' }).click()
    await expect(run(page)).toContainText(
      /Early stopping: val\/loss has not improved on 2\.\d+ for 2 epochs\./,
    )
    await expect(run(page)).toContainText('finished')
  })

  await test.step('what may change while a run trains', async () => {
    await page.getByRole('button', { name: 'Reset Early stopping' }).click()
    await setting(page, 'Epochs').fill('1000')
    await page.getByRole('button', { name: 'Start training' }).click()
    await expect(run(page)).toContainText('Epoch 2')
    await page.getByRole('button', { name: 'Change', exact: true }).click()
    const changes = page.getByRole('form', { name: 'Change the run' })
    await changes.getByLabel('Clip norm').fill('1')
    await changes.getByLabel('Weight decay').fill('0.01')
    await changes.getByRole('button', { name: 'Apply from the next step' }).click()
    await expect(changes).toHaveCount(0)
    await expect(page.getByTestId('loss-chart').getByText(/clip norm off → 1, decay 0 → 0\.01/)).toBeVisible()
    await page.getByRole('button', { name: 'Stop', exact: true }).click()
    await expect(run(page)).toContainText('stopped')
  })
})
