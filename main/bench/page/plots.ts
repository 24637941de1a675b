/** Plots of all runs in a page: how long until they are painted, and the pace while they are hovered and brushed. */
import type { Locator, Page } from '@playwright/test'
import { takePace, untilDrawn, watchPage } from './watch.ts'

/** What is drawn when every one of so many runs is. */
const painted = (runs: number): string => `canvas[data-painted="${runs}"]`

/** Parallel coordinates: the first axis is brushed from its middle to its ends and back. */
export async function parallel(page: Page, runs: number) {
  const opened = await openPlot(page, 'Parallel coordinates', runs)
  const hover = await hovered(page, page.getByRole('application', { name: /^Lines of/ }))
  const axis = await boxOf(page.getByTestId(/^axis-/).first())
  const x = axis.x + axis.width / 2
  const middle = axis.y + axis.height / 2
  await page.mouse.move(x, middle)
  await page.mouse.down()
  await takePace(page)
  for (let i = 0; i < 90; i++) await page.mouse.move(x, middle + 0.48 * axis.height * Math.sin(i / 9))
  const brush = await takePace(page)
  await page.mouse.up()
  return { ...opened, hover, brush }
}

/** A box is drawn from the middle, wider and narrower. */
export async function scatter(page: Page, runs: number) {
  const opened = await openPlot(page, 'Scatter', runs)
  const plot = page.getByRole('application', { name: /^Scatter of/ })
  const hover = await hovered(page, plot)
  const box = await boxOf(plot)
  const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 }
  await page.mouse.move(middle.x, middle.y)
  await page.mouse.down()
  await takePace(page)
  for (let i = 0; i < 90; i++)
    await page.mouse.move(middle.x + 0.4 * box.width * Math.sin(i / 9), middle.y + 0.35 * box.height)
  const brush = await takePace(page)
  await page.mouse.up()
  return { ...opened, hover, brush }
}

async function openPlot(page: Page, name: string, runs: number) {
  await page.getByRole('link', { name: 'Compare', exact: true }).click()
  await page
    .getByText(`${runs.toLocaleString('en-US')} runs`)
    .first()
    .waitFor()
  await watchPage(page)
  await page.getByRole('tab', { name }).click()
  return { first: Math.round(await untilDrawn(page, painted(runs))), open: await takePace(page) }
}

async function hovered(page: Page, plot: Locator) {
  const box = await boxOf(plot)
  await page.mouse.move(box.x + 80, box.y + box.height / 2)
  await takePace(page)
  for (let i = 0; i < 90; i++)
    await page.mouse.move(
      box.x + 80 + (i / 90) * (box.width - 160),
      box.y + box.height * (0.5 + 0.3 * Math.sin(i / 4)),
    )
  return takePace(page)
}

async function boxOf(target: Locator) {
  const box = await target.boundingBox()
  if (!box) throw new Error('[bench] the plot is not on the page')
  return box
}
