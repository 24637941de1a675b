/**
 * What a page with many runs costs, in Chromium and in Electron as a person has them. Prints one line of JSON; progress
 * goes to standard error.
 *
 *     npm run bench:page [-- browser|desktop]
 *
 * of the page as it was built last. Without a display, the desktop window needs a virtual one: xvfb-run -a npm run bench:page.
 *
 * `tableDrawn` 1,000 runs, from the key that opens Compare to rows on the screen; `tableScroll` the pace while they are
 * scrolled; `overlayFirst` 50 runs of 100,000 points, from the key that ticks them to all lines on the screen, coarse;
 * `overlayFull` to a bucket for each pixel; `overlayPan`, `overlayZoom`, `overlayHover` the pace meanwhile; `million` a run of a
 * million points from the key that opens Compare; `spike` whether one step in 5,000,000 is seen. Times in milliseconds.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { openShell, type ShellName } from '../../../e2e/shells.ts'
import { makeLoadedWorkspace, type Load } from '../loads.ts'
import { takePace, untilDrawn, watchPage } from './watch.ts'

const asked = process.argv[2]
const shells: ShellName[] = asked === 'browser' || asked === 'desktop' ? [asked] : ['browser', 'desktop']
const folder = mkdtempSync(join(tmpdir(), 'tapedeck-bench-page-'))
const loads: Record<'table' | 'overlay' | 'million', Load> = {
  table: { runs: 1000, metrics: 10, steps: 100 },
  overlay: { runs: 50, metrics: ['batch/loss'], steps: 100_000, spike: true },
  million: { runs: 1, metrics: ['batch/loss'], steps: 1_000_000 },
}
const painted = (curves: number): string => `canvas[data-painted="${curves}"]`
const compare = 'Control+5'
const milliseconds = (value: number): number => Math.round(value)

async function measured<T>(
  shell: ShellName,
  load: keyof typeof loads,
  measure: (page: Page) => Promise<T>,
): Promise<T> {
  process.stderr.write(`${shell}: ${load}\n`)
  const { page, close } = await openShell(shell, join(folder, load))
  try {
    await page.getByRole('navigation', { name: 'Pages' }).waitFor()
    await watchPage(page)
    return await measure(page)
  } finally {
    await close()
  }
}

async function table(page: Page) {
  await page.keyboard.press(compare)
  const tableDrawn = milliseconds(await untilDrawn(page, '[role=row]', 5))
  await page.locator(painted(2)).first().waitFor()
  const box = await boxOf(page, '[role=treegrid]')
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
  await takePace(page)
  for (let i = 0; i < 60; i++) await page.mouse.wheel(0, 240)
  return { tableDrawn, tableScroll: await takePace(page) }
}

async function overlay(page: Page) {
  await page.keyboard.press(compare)
  await page.locator(painted(2)).first().waitFor()
  await page.getByRole('treegrid').focus()
  await page.keyboard.press('Control+a')
  const overlayFirst = milliseconds(await untilDrawn(page, painted(50)))
  const overlayFull = milliseconds(await untilDrawn(page, `[data-settled] ${painted(50)}`))
  const spike = await spikeSeen(page)
  const box = await boxOf(page, '[role=application]')
  const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 }
  await page.mouse.move(middle.x, middle.y)
  await takePace(page)
  for (let i = 0; i < 60; i++) await page.mouse.move(middle.x + i * 3, middle.y + 60 * Math.sin(i / 5))
  const overlayHover = await takePace(page)
  // One notch of the wheel in each frame, as a fast hand turns it.
  for (let i = 0; i < 12; i++) {
    await page.mouse.wheel(0, -120)
    await nextFrame(page)
  }
  const overlayZoom = await takePace(page)
  await page.locator('[data-settled]').waitFor()
  await page.keyboard.down('Shift')
  await page.mouse.down()
  await takePace(page)
  for (let i = 0; i < 90; i++) await page.mouse.move(middle.x - 250 + 500 * Math.cos(i / 14), middle.y)
  const overlayPan = await takePace(page)
  await page.mouse.up()
  await page.keyboard.up('Shift')
  return { overlayFirst, overlayFull, overlayHover, overlayZoom, overlayPan, spike }
}

async function million(page: Page) {
  await page.keyboard.press(compare)
  return { million: milliseconds(await untilDrawn(page, painted(1))) }
}

async function boxOf(page: Page, selector: string) {
  const box = await page.locator(selector).first().boundingBox()
  if (!box) throw new Error(`[bench] there is no ${selector} on the page`)
  return box
}

const nextFrame = (page: Page): Promise<void> =>
  page.evaluate(() => new Promise((done) => requestAnimationFrame(() => done())))

/** Whether anything is painted in the upper half of the plot: all runs but one lie in its lowest hundredth. */
const spikeSeen = (page: Page): Promise<boolean> =>
  page.evaluate((selector) => {
    const canvas = document.querySelector<HTMLCanvasElement>(selector)
    const { data = [] } =
      canvas?.getContext('2d')?.getImageData(0, canvas.height * 0.25, canvas.width, canvas.height * 0.25) ??
      {}
    for (let i = 3; i < data.length; i += 4) if ((data[i] ?? 0) > 100) return true
    return false
  }, painted(50))

try {
  for (const [name, load] of Object.entries(loads)) {
    process.stderr.write(`making ${load.runs} runs of ${load.steps} steps\n`)
    makeLoadedWorkspace(join(folder, name), [load])
  }
  const results: Record<string, unknown> = {}
  for (const shell of shells)
    results[shell] = {
      ...(await measured(shell, 'table', table)),
      ...(await measured(shell, 'overlay', overlay)),
      ...(await measured(shell, 'million', million)),
    }
  const processor = `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`
  console.log(JSON.stringify({ ...results, processor, load: loadavg()[0] }))
} finally {
  rmSync(folder, { recursive: true, force: true })
}
