/** A deep tanh network and a ReLU network with a huge rate: the Inspect page says in words what is wrong with each. */
import { join } from 'node:path'
import { documentToJson } from '../main/common/document.ts'
import { chain } from '../main/common/templates.ts'
import { projectRoot } from '../main/paths.ts'
import { expect, test, type Page } from './fixtures.ts'
import { digits, goTo, importFrom } from './walk.ts'

const topics = join(projectRoot(), 'resources', 'samples', 'topics', 'topics.tsv')

const network = (name: string, activation: string, layers: number, width: number) =>
  chain(name, [
    ['input', 'input'],
    ['flat', 'flatten'],
    ...Array.from({ length: layers }, (_, i) => [
      [`linear${i}`, 'linear', { outFeatures: width }] as const,
      [`${activation}${i}`, activation] as const,
    ]).flat(),
    ['logits', 'linear', { outFeatures: 10 }],
    ['output', 'output'],
  ])

/** Words, read to their mean. */
const reader = chain('Reader', [
  ['input', 'input'],
  ['embedding', 'embedding', { dimension: 16 }],
  ['mean', 'global-pool'],
  ['logits', 'linear', { outFeatures: 4 }],
  ['output', 'output'],
])

async function trainFor(page: Page, rate: string, epochs: string): Promise<void> {
  await goTo(page, 'Train')
  await page.getByLabel('Learning rate', { exact: true }).fill(rate)
  await page.getByLabel('Epochs', { exact: true }).fill(epochs)
  await page.getByRole('button', { name: 'Start training' }).click()
  await expect(page.getByRole('region', { name: 'Run' })).toContainText('finished', { timeout: 60_000 })
}

/** Drops a model file on the Build page. */
async function dropModel(page: Page, document: ReturnType<typeof network>): Promise<void> {
  await goTo(page, 'Build')
  const data = await page.evaluateHandle((text) => {
    const transfer = new DataTransfer()
    transfer.items.add(new File([text], 'model.json', { type: 'application/json' }))
    return transfer
  }, documentToJson(document))
  const main = page.getByRole('main')
  await main.dispatchEvent('dragover', { dataTransfer: data })
  await main.locator('> *').first().dispatchEvent('drop', { dataTransfer: data })
  await expect(page.getByText(`Opened ${document.name}.`)).toBeVisible()
}

test('says in words which layers do not learn, and why', async ({ page }) => {
  const verdict = page.getByRole('status', { name: 'What the rules say' })

  await test.step('teaches before there is a run', async () => {
    await page.keyboard.press('Control+4')
    await expect(page.getByText('No run to look into yet')).toBeVisible()
  })

  await test.step('real digits', async () => {
    await importFrom(page, digits)
    await expect(page.getByText('10 classes').first()).toBeVisible()
  })

  await test.step('a deep tanh network: gradients vanish', async () => {
    await dropModel(page, network('Deep tanh', 'tanh', 20, 32))
    await trainFor(page, '0.01', '1')
    await goTo(page, 'Inspect')
    await expect(verdict).toContainText(
      /Gradients vanish: a weight of Linear, the first layer, gets 1\/[\d,]+ /,
    )
    await expect(page.getByRole('img', { name: /update : weight of each layer over time/ })).toBeVisible()
    await expect(page.getByRole('row', { name: /^Linear 21/ })).toBeVisible()
  })

  await test.step('its layers are read one by one: histograms of gradients and weights', async () => {
    await page.getByRole('button', { name: 'Linear 21', exact: true }).first().click()
    await expect(page.getByTestId('ridge').locator('path').first()).toBeVisible()
    await page
      .getByRole('radiogroup', { name: 'How histograms are drawn' })
      .getByLabel('over time')
      .locator('..')
      .click()
    await expect(page.getByTestId('over-time').locator('path').first()).toBeVisible()
  })

  await test.step('a page of its own: every part, and the weights as images', async () => {
    await page.getByRole('button', { name: 'Linear', exact: true }).first().click()
    await page.getByRole('button', { name: 'Open Linear', exact: true }).click()
    await expect(page.getByTestId('over-time')).toHaveCount(4)
    await expect(
      page.getByTestId('filters').getByRole('img', { name: 'filter 32', exact: true }),
    ).toBeVisible()
    await expect(page.getByText(/28 × 28: black −0\.\d+, grey 0, white 0\.\d+/)).toBeVisible()
    await page.getByRole('button', { name: 'Layer after' }).click()
    await expect(page.getByText('This layer has neither.')).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(verdict).toBeVisible()
  })

  await test.step('a threshold that is changed is kept to', async () => {
    await page.getByRole('button', { name: 'Thresholds' }).click()
    await page.getByLabel(/^Vanishing gradients/).fill('1e-8')
    await page.keyboard.press('Escape')
    await expect(verdict).not.toContainText('Gradients vanish')
  })

  await test.step('a ReLU network with a huge rate: units die', async () => {
    await dropModel(page, network('ReLU, huge rate', 'relu', 3, 96))
    await trainFor(page, '0.2', '3')
    await goTo(page, 'Inspect')
    await expect(verdict).toContainText(
      /ReLU.* \(after Linear.*: (up to )?\d+ % of (its|their) units have been dead/,
    )
  })

  await test.step('an Embedding: the nearest tokens of one that is typed', async () => {
    await importFrom(page, topics)
    await expect(page.getByText('4 classes').first()).toBeVisible()
    await dropModel(page, reader)
    await trainFor(page, '0.01', '1')
    await goTo(page, 'Inspect')
    await page.getByRole('button', { name: 'Embedding', exact: true }).first().click()
    await page.getByRole('button', { name: 'Open Embedding', exact: true }).click()
    await page.getByLabel('Token').fill('rain')
    await expect(page.getByRole('list', { name: 'Nearest to rain' }).getByRole('listitem')).toHaveCount(20)
  })

  await test.step('the first run is still there to be looked into', async () => {
    await page.getByRole('combobox', { name: 'Run' }).click()
    await page.getByRole('option', { name: /^1 / }).click()
    await expect(page.getByRole('row', { name: /^Tanh 20/ })).toBeVisible()
  })
})
