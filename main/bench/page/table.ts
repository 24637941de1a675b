/**
 * The table of runs in a page: how long until it is painted, and how evenly it scrolls.
 *
 *     node main/bench/page/table.ts [browser|desktop] [runs ...]
 *
 * Prints one line of JSON for each number of runs: milliseconds from the change of page to the frame with the rows
 * painted, between two frames while it scrolls, and from a sort, a filter and a grouping to their frame.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { openShell, type ShellName } from '../../../e2e/shells.ts'
import { makeLoadedWorkspace } from '../loads.ts'

const [shell = 'browser', ...counts] = process.argv.slice(2)

async function measure(folder: string, runs: number): Promise<Record<string, number>> {
  const open = await openShell(shell as ShellName, folder)
  try {
    const { page } = open
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
      switches.push(
        await untilPainted(page, 'location.hash = "#/compare"', '[role=treegrid] [role=gridcell]'),
      )
    }
    const frames = await scroll(page)
    const head = (field: string): string =>
      `document.querySelector('[role=columnheader][data-column="${field}"] button').click()`
    return {
      longestSwitch: round(Math.max(...switches)),
      switch: round(median(switches)),
      frame: round(median(frames)),
      frame95: round(quantile(frames, 0.95)),
      longestFrame: round(Math.max(...frames)),
      sort: round(await untilPainted(page, head('val/loss.best'), '[aria-sort]')),
      sortName: round(await untilPainted(page, head('name'), '[aria-sort]')),
    }
  } finally {
    await open.close()
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

for (const runs of counts.length > 0 ? counts.map(Number) : [1000, 10_000]) {
  const folder = mkdtempSync(join(tmpdir(), 'tapedeck-table-'))
  try {
    makeLoadedWorkspace(folder, [{ runs, metrics: 10, steps: 10 }])
    console.log(JSON.stringify({ what: 'table', shell, runs, ...(await measure(folder, runs)) }))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
