/** The table of runs in a page: how long until it is painted, and how evenly it scrolls. */
import type { Page } from '@playwright/test'
import { takePace, watchPage } from './watch.ts'

/**
 * Milliseconds from the change of page to the frame with the rows painted, between two frames while it scrolls, and from
 * a sort to its frame. `openingTask` is the longest task over 50 ms while it is opened, six times; 0 where there was none.
 */
export async function table(page: Page, runs: number): Promise<Record<string, number>> {
  await watchPage(page)
  await page.getByRole('link', { name: 'Compare', exact: true }).click()
  await page.getByRole('treegrid').waitFor()
  // All of the list has arrived, and the page was drawn once.
  await page
    .getByText(`${runs.toLocaleString('en-US')} runs`)
    .first()
    .waitFor()
  const switches: number[] = []
  for (let i = 0; i < 5; i++) {
    await page.getByRole('link', { name: 'Data', exact: true }).click()
    await page.getByRole('treegrid').waitFor({ state: 'detached' })
    switches.push(await untilPainted(page, 'location.hash = "#/compare"', '[role=treegrid] [role=gridcell]'))
  }
  const { taskMost } = await takePace(page)
  const frames = await scroll(page)
  const head = (field: string): string =>
    `document.querySelector('[role=columnheader][data-column="${field}"] button').click()`
  return {
    longestSwitch: round(Math.max(...switches)),
    switch: round(median(switches)),
    openingTask: taskMost ?? 0,
    frame: round(median(frames)),
    frame95: round(quantile(frames, 0.95)),
    longestFrame: round(Math.max(...frames)),
    sort: round(await untilPainted(page, head('val/loss.best'), '[aria-sort]')),
    sortName: round(await untilPainted(page, head('name'), '[aria-sort]')),
  }
}

/** Milliseconds from an action to the end of the frame in which the selector is there. */
const untilPainted = (page: Page, action: string, selector: string): Promise<number> =>
  page.evaluate(
    `new Promise((done) => {
      const begun = performance.now()
      ${action}
      const look = () => document.querySelector(${JSON.stringify(selector)})
        // What runs after this frame's own callbacks runs after it was painted.
        ? requestAnimationFrame(() => setTimeout(() => done(performance.now() - begun)))
        : requestAnimationFrame(look)
      look()
    })`,
  )

/** Milliseconds between frames while the table moves by 60 pixels a frame, for 300 frames. */
const scroll = (page: Page): Promise<number[]> =>
  page.evaluate(
    `new Promise((done) => {
      const table = document.querySelector('[role=treegrid]')
      const frames = []
      let before = 0
      const step = (now) => {
        if (before > 0) frames.push(now - before)
        before = now
        table.scrollTop += 60
        if (frames.length < 300) requestAnimationFrame(step)
        else done(frames)
      }
      requestAnimationFrame(step)
    })`,
  )

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN
}

const median = (values: readonly number[]): number => quantile(values, 0.5)
const round = (value: number): number => Math.round(value * 10) / 10
