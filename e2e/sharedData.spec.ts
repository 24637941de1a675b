/**
 * Real data through the page, from the folder to a trained model; skipped where the folder with it is absent.
 * TAPEDECK_E2E_LONG=1 trains all of it for as long as its goals take; otherwise that is done with the texts, which take
 * seconds, and the others train for one epoch.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator } from '@playwright/test'
import { projectRoot } from '../main/paths.ts'
import { expect, test, type Page } from './fixtures.ts'
import { goTo, lookAt } from './walk.ts'

const shared = join(projectRoot(), '..', 'shared', 'data')
const long = process.env['TAPEDECK_E2E_LONG'] === '1'

interface Real {
  /** Folder in the shared data. */
  name: string
  /** What the page takes it for. */
  heading: string
  /** The template that is chosen. */
  template: string
  /** Whether it is trained to its goals at all times. */
  quick: boolean
  /** Epochs otherwise; null for those of the template. */
  epochs: number | null
  /** What the finished run must say, each with the least (or, of the loss, the most) that its number may be. */
  goals: Readonly<Record<string, number>>
  /** What it says after one epoch. */
  says: RegExp
}

const accuracy = 'validation accuracy'
const sets: readonly Real[] = [
  {
    name: 'sms',
    heading: 'Texts with labels',
    template: 'LSTM text classifier',
    quick: true,
    epochs: null,
    // With F1 of the other class at most 1, this macro F1 means at least 0.90 for spam.
    goals: { 'macro F1': 0.95 },
    says: /macro F1/,
  },
  {
    name: 'names',
    heading: 'Texts with labels',
    template: 'GRU text classifier',
    quick: true,
    epochs: null,
    goals: { [accuracy]: 0.75, 'macro F1': 0.4 },
    says: /macro F1/,
  },
  {
    name: 'ants_bees',
    heading: 'Images, one folder per class',
    template: 'CNN for any image size',
    quick: false,
    epochs: 20,
    goals: { [accuracy]: 0.62 },
    says: /validation accuracy/,
  },
  {
    name: 'cifar10_2k',
    heading: 'Images, one folder per class',
    template: 'CNN for any image size',
    quick: false,
    epochs: 20,
    goals: { [accuracy]: 0.45 },
    says: /validation accuracy/,
  },
]

async function importReal(page: Page, { name, heading }: Pick<Real, 'name' | 'heading'>): Promise<void> {
  await lookAt(page, join(shared, name))
  await expect(page.getByRole('heading', { name: heading })).toBeVisible()
  await page.getByRole('button', { name: 'Import', exact: true }).click()
  await expect(page.getByTestId('samples')).toBeVisible()
}

async function chooseTemplate(page: Page, title: string): Promise<void> {
  await goTo(page, 'Build')
  await page.locator('button[data-fits]').filter({ hasText: title }).first().click()
  await expect(page.getByText('No problems')).toBeVisible()
  await goTo(page, 'Train')
}

/** The number behind some words in what the page says of the run. */
const figureIn = (text: string, words: string): number =>
  Number(new RegExp(`${words}\\s*([\\d.]+)`).exec(text)?.[1] ?? Number.NaN)

/** What the page says of a run that has ended; printed too, as the figures of a long run are what it is for. */
async function ending(run: Locator, name: string): Promise<string> {
  const text = (await run.innerText()).replaceAll(/\s+/g, ' ')
  if (long) process.stdout.write(`${name}: ${text}\n`)
  return text
}

for (const real of sets)
  test(`${real.name} through the page (shared data)`, async ({ page }) => {
    test.skip(!existsSync(join(shared, real.name)), 'the shared data is absent')
    const whole = long || real.quick
    test.setTimeout(whole ? 1_200_000 : 180_000)
    await importReal(page, real)
    await chooseTemplate(page, real.template)
    const epochs = whole ? real.epochs : 1
    if (epochs !== null) await page.getByLabel('Epochs', { exact: true }).fill(String(epochs))
    await page.getByRole('button', { name: 'Start training' }).click()
    const run = page.getByRole('region', { name: 'Run' })
    await expect(run).toContainText('finished', { timeout: whole ? 1_100_000 : 150_000 })
    await expect(run).toContainText(real.says)
    await expect(page.getByTestId('loss-chart').locator('path[data-trace]').first()).toBeVisible()
    if (!whole) return
    const text = await ending(run, real.name)
    for (const [words, least] of Object.entries(real.goals))
      expect(figureIn(text, words), `${words} in: ${text}`).toBeGreaterThanOrEqual(least)
  })

test('shakespeare through the page (shared data)', async ({ page }) => {
  test.skip(!existsSync(join(shared, 'shakespeare')), 'the shared data is absent')
  test.setTimeout(long ? 1_800_000 : 180_000)
  await importReal(page, { name: 'shakespeare', heading: 'Text for a language model' })
  await chooseTemplate(page, 'Small GPT')
  const run = page.getByRole('region', { name: 'Run' })
  await page.getByRole('button', { name: 'Start training' }).click()
  if (long) {
    await expect(run).toContainText('finished', { timeout: 1_700_000 })
    expect(figureIn(await ending(run, 'shakespeare'), 'loss')).toBeLessThan(2)
    return
  }
  // An epoch is a thousand steps: some of them, and the loss is drawn.
  await expect(page.getByTestId('loss-chart').locator('path[data-trace]').first()).toBeVisible({
    timeout: 60_000,
  })
  await page.getByRole('button', { name: 'Stop', exact: true }).click()
  await expect(run).toContainText('stopped')
})
