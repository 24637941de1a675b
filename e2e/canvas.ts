/** Hands on the canvas: what a person does with a mouse. */
import { expect, type Locator, type Page } from '@playwright/test'

/** Drags a layer from the palette to a place given as shares of the canvas's width and height. */
export async function dragFromPalette(
  page: Page,
  title: string,
  at: { x: number; y: number },
): Promise<void> {
  const item = page
    .getByRole('complementary', { name: 'Layers' })
    .getByRole('button', { name: title, exact: true })
  await item.scrollIntoViewIfNeeded()
  const canvas = await boxOf(page.getByTestId('canvas'))
  const target = { x: canvas.x + canvas.width * at.x, y: canvas.y + canvas.height * at.y }
  const before = await page.locator('.react-flow__node').count()
  await dragMouse(page, await centreOf(item), target)
  await expect(page.locator('.react-flow__node')).toHaveCount(before + 1)
}

/** Draws a wire from the output of one layer to the input of another; both by the title on the canvas. */
export async function wire(page: Page, from: string, to: string): Promise<void> {
  const before = await page.locator('.react-flow__edge').count()
  await dragMouse(
    page,
    await centreOf(page.getByLabel(`output of ${from}`, { exact: true })),
    await centreOf(page.getByLabel(`input of ${to}`, { exact: true })),
  )
  await expect(page.locator('.react-flow__edge')).toHaveCount(before + 1)
}

export const node = (page: Page, title: string): Locator =>
  page.locator('.react-flow__node').filter({ has: page.getByText(title, { exact: true }) })

async function dragMouse(page: Page, from: Point, to: Point): Promise<void> {
  await page.mouse.move(from.x, from.y)
  await page.mouse.down()
  await page.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2, { steps: 4 })
  await page.mouse.move(to.x, to.y, { steps: 4 })
  await page.mouse.up()
}

interface Point {
  x: number
  y: number
}

async function boxOf(locator: Locator): Promise<Point & { width: number; height: number }> {
  const box = await locator.boundingBox()
  if (!box) throw new Error(`[e2e] ${String(locator)} is not on the page`)
  return box
}

async function centreOf(locator: Locator): Promise<Point> {
  const { x, y, width, height } = await boxOf(locator)
  return { x: x + width / 2, y: y + height / 2 }
}
