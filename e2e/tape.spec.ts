/** The tape of a step: recorded from a pause, opened by layer, walked backward, its memory; and of a run that has ended. */
import { expect, test } from './fixtures.ts'
import { digitsToTrain, goTo } from './walk.ts'

test('a step is recorded, its graph opened, its backward walked, its memory read', async ({ page }) => {
  const run = page.getByRole('region', { name: 'Run' })
  const tape = page.getByRole('tree', { name: 'Tape' })

  await test.step('a template on digits, paused', async () => {
    await digitsToTrain(page)
    await page.getByLabel('Epochs', { exact: true }).fill('1000')
    await page.getByRole('button', { name: 'Start training' }).click()
    await expect(run).toContainText(/batch \d/)
    await page.getByRole('button', { name: 'Pause' }).click()
    await expect(run).toContainText('paused')
  })

  await test.step('teaches before a step is recorded, and records one', async () => {
    await goTo(page, 'Inspect')
    await page.getByText('Tape', { exact: true }).click()
    await expect(page.getByText('No step of this run is recorded yet')).toBeVisible()
    await page.getByRole('button', { name: 'Record the next step' }).click()
    await expect(page.getByRole('heading', { name: /^The tape of step \d+$/ })).toBeVisible()
    await expect(tape.getByRole('treeitem', { name: /Linear.*1 op/ }).first()).toBeVisible()
    await expect(tape.getByRole('treeitem', { name: /Loss/ })).toBeVisible()
  })

  await test.step('a layer opens into its ops', async () => {
    await expect(tape.getByRole('treeitem', { name: /^linear/ })).toHaveCount(0)
    await tape.getByRole('button', { name: 'Open Linear', exact: false }).first().click()
    await expect(tape.getByRole('treeitem', { name: /linear/, level: 2 })).toHaveCount(1)
  })

  await test.step('backward, node by node', async () => {
    const walk = page.getByRole('group', { name: 'Step through backward' })
    await tape.getByRole('treeitem', { name: /Loss/ }).click()
    await page.getByRole('button', { name: /^Its gradients/ }).click()
    await expect(walk).toContainText('turn 1 of')
    await expect(page.getByRole('heading', { name: 'crossEntropy' })).toBeVisible()
    await expect(page.getByTestId('gradient').first()).toContainText('norm1')
    await walk.getByRole('button', { name: 'Step on' }).click()
    await expect(walk).toContainText('turn 2 of')
    await walk.getByRole('slider').press('ArrowRight')
    await expect(walk).toContainText('turn 3 of')
    await expect(page.getByRole('heading', { name: 'Gradients that it gives' })).toBeVisible()
    await walk.getByRole('button', { name: 'Step back' }).click()
    await expect(walk).toContainText('turn 2 of')
  })

  await test.step('keys walk the list and open what is closed', async () => {
    await tape.getByRole('treeitem', { name: /Loss/ }).click()
    await tape.press('Enter')
    await expect(tape.getByRole('treeitem', { name: /crossEntropy/ })).toBeVisible()
    await tape.press('ArrowDown')
    await expect(tape.getByRole('treeitem', { name: /crossEntropy/ })).toHaveAttribute(
      'aria-selected',
      'true',
    )
  })

  await test.step('memory over the step, who holds its peak, and what checkpointing would change', async () => {
    await page.getByText('all', { exact: true }).click()
    await expect(page.getByTestId('memory-curve').getByText('peak')).toBeVisible()
    const holders = page.getByRole('list', { name: 'What holds the peak' })
    await expect(holders).toContainText('Weights')
    await expect(holders).toContainText('kept for backward')
    await tape
      .getByRole('treeitem', { name: /Linear/ })
      .first()
      .click()
    await expect(page.getByRole('region', { name: 'What if' })).toContainText('Checkpointing Linear')
  })

  await test.step('a run that has ended shows the step that it would make next', async () => {
    await page.getByRole('button', { name: 'Stop', exact: true }).click()
    await page.getByRole('button', { name: 'Record a step' }).click()
    await page.getByRole('combobox', { name: 'Tape' }).click()
    await expect(page.getByRole('option')).toHaveCount(2)
  })
})
