/** Ways through the page that many journeys take. */
import { join } from 'node:path'
import { projectRoot } from '../main/paths.ts'
import { expect, type Page } from './fixtures.ts'

export const digits = join(projectRoot(), 'resources', 'samples', 'digits')

/** Until the page is there. */
export async function goTo(page: Page, name: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name }).click()
  await expect(page.getByRole('main', { name, exact: true })).toBeVisible()
}

/** Points the Data page at a path. */
export async function lookAt(page: Page, path: string): Promise<void> {
  await goTo(page, 'Data')
  const add = page.getByRole('button', { name: 'Add data' })
  if (await add.isVisible()) await add.click()
  await page.getByLabel('Path of a folder or file').fill(path)
  await page.getByRole('button', { name: 'Look' }).click()
}

/** Imports a path as it is guessed. */
export async function importFrom(page: Page, path: string): Promise<void> {
  await lookAt(page, path)
  await page.getByRole('button', { name: 'Import', exact: true }).click()
  await expect(page.getByRole('button', { name: 'Train on this' })).toBeVisible()
}

/** The digits with the model that is made for them, about to be trained. */
export async function digitsToTrain(page: Page, path: string = digits): Promise<void> {
  await importFrom(page, path)
  await goTo(page, 'Build')
  await page.getByRole('button', { name: /Digits MLP/ }).click()
  await goTo(page, 'Train')
}
