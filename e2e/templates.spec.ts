/** Every template, as a newcomer meets it: its sample set, one batch through every layer, a few steps of training. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { templates } from '../main/common/templates.ts'
import { projectRoot } from '../main/paths.ts'
import { expect, test, type Page } from './fixtures.ts'
import { goTo } from './walk.ts'

const samples = JSON.parse(
  readFileSync(join(projectRoot(), 'resources', 'samples', 'samples.json'), 'utf8'),
) as { id: string; title: string }[]

async function importSample(page: Page, id: string): Promise<void> {
  const title = samples.find((sample) => sample.id === id)?.title ?? id
  await goTo(page, 'Data')
  const another = page.getByRole('button', { name: 'Add data' })
  if (await another.isVisible()) await another.click()
  await page.getByRole('button', { name: `Use the sample ${title}` }).click()
  await page.getByRole('button', { name: 'Import' }).click()
  await expect(page.getByTestId('samples')).toBeVisible()
}

/** One test for each sample set, with the templates that are for it. */
const bySample = new Map<string, string[]>()
for (const { sample, title } of templates()) bySample.set(sample, [...(bySample.get(sample) ?? []), title])

for (const [sample, titles] of bySample)
  test(`templates for ${sample}: ${titles.join(', ')}`, async ({ page }) => {
    await importSample(page, sample)
    for (const title of titles) {
      await test.step(title, async () => {
        await goTo(page, 'Build')
        await page.locator('button[data-fits]').filter({ hasText: title }).first().click()
        await expect(page.getByText('No problems')).toBeVisible()
        await page.getByRole('button', { name: 'One batch' }).click()
        await expect(page.getByTestId('node-look').first()).toBeVisible()
        await expect(page.getByText(/expected of a model|· loss/).first()).toBeVisible()

        await page.getByRole('button', { name: 'Train', exact: true }).first().click()
        const run = page.getByRole('region', { name: 'Run' })
        await expect(page.getByTestId('loss-chart').locator('path[data-trace]').first()).toBeVisible()
        // A small model may have finished by now.
        const stop = page.getByRole('button', { name: 'Stop', exact: true })
        if (await stop.isVisible()) await stop.click({ timeout: 2000 }).catch(() => undefined)
        await expect(run).toContainText(/stopped|finished/)
        await expect(run).toContainText(title)
      })
    }
  })
