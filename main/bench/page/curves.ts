/** Curves in a page: how long until they are painted, and the pace while a person looks about. */
import type { Page } from '@playwright/test'
import { takePace, untilDrawn, watchPage } from './watch.ts'

const painted = (curves: number): string => `canvas[data-painted="${curves}"]`
const compare = 'Control+5'

/** @param curves the page opens with two of them */
export async function overlay(page: Page, curves: number) {
  await watchPage(page)
  await page.keyboard.press(compare)
  await page.locator(painted(2)).first().waitFor()
  await page.getByRole('treegrid').focus()
  await page.keyboard.press('Control+a')
  const first = Math.round(await untilDrawn(page, painted(curves)))
  const full = Math.round(await untilDrawn(page, `[data-settled] ${painted(curves)}`))
  const spike = await spikeSeen(page, curves)
  const box = await boxOf(page, '[role=application]')
  const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 }
  await page.mouse.move(middle.x, middle.y)
  await takePace(page)
  for (let i = 0; i < 60; i++) await page.mouse.move(middle.x + i * 3, middle.y + 60 * Math.sin(i / 5))
  const hover = await takePace(page)
  // One notch of the wheel in each frame, as a fast hand turns it.
  for (let i = 0; i < 12; i++) {
    await page.mouse.wheel(0, -120)
    await nextFrame(page)
  }
  const zoom = await takePace(page)
  await page.locator('[data-settled]').waitFor()
  await page.keyboard.down('Shift')
  await page.mouse.down()
  await takePace(page)
  for (let i = 0; i < 90; i++) await page.mouse.move(middle.x - 250 + 500 * Math.cos(i / 14), middle.y)
  const pan = await takePace(page)
  await page.mouse.up()
  await page.keyboard.up('Shift')
  return { first, full, hover, zoom, pan, spike }
}

/** The only run. */
export async function million(page: Page) {
  await watchPage(page)
  await page.keyboard.press(compare)
  return { first: Math.round(await untilDrawn(page, painted(1))) }
}

async function boxOf(page: Page, selector: string) {
  const box = await page.locator(selector).first().boundingBox()
  if (!box) throw new Error(`[bench] there is no ${selector} on the page`)
  return box
}

const nextFrame = (page: Page): Promise<void> =>
  page.evaluate(() => new Promise((done) => requestAnimationFrame(() => done())))

/** Whether anything is painted in the upper half of the plot: all runs but one lie in its lowest hundredth. */
const spikeSeen = (page: Page, curves: number): Promise<boolean> =>
  page.evaluate((selector) => {
    const canvas = document.querySelector<HTMLCanvasElement>(selector)
    const { data = [] } =
      canvas?.getContext('2d')?.getImageData(0, canvas.height * 0.25, canvas.width, canvas.height * 0.25) ??
      {}
    for (let i = 3; i < data.length; i += 4) if ((data[i] ?? 0) > 100) return true
    return false
  }, painted(curves))
