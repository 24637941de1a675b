/**
 * What a page with many runs costs, in Chromium and in Electron as a person has them. Prints one line of JSON; progress
 * goes to standard error.
 *
 *     npm run bench:page [-- browser|desktop]
 *
 * of the page as it was built last. Without a display, the desktop window needs a virtual one: xvfb-run -a npm run bench:page.
 *
 * `table` and `largeTable`: 1,000 and 10,000 runs. `overlay`: 50 runs of 100,000 points; `first` from the key that ticks them
 * to all lines on the screen, coarse, `full` to a bucket for each pixel, then the pace while they are hovered, zoomed and
 * panned, and whether a spike of one step in five million is seen. `million`: a run of a million points, from the key that
 * opens Compare to its line. `parallel`, `scatter` and `largeParallel`: 1,000 and 10,000 runs, the pace while they are
 * hovered and brushed, which filters the table. Times in milliseconds.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { openShell, type ShellName } from '../../../e2e/shells.ts'
import { makeLoadedWorkspace, type Load } from '../loads.ts'
import { million, overlay } from './curves.ts'
import { parallel, scatter } from './plots.ts'
import { table } from './table.ts'

const asked = process.argv[2]
const shells: ShellName[] = asked === 'browser' || asked === 'desktop' ? [asked] : ['browser', 'desktop']
const folder = mkdtempSync(join(tmpdir(), 'tapedeck-bench-page-'))
const loads: Record<'table' | 'largeTable' | 'overlay' | 'million', Load> = {
  table: { runs: 1000, metrics: 10, steps: 10 },
  largeTable: { runs: 10_000, metrics: 10, steps: 10 },
  overlay: { runs: 50, metrics: ['batch/loss'], steps: 100_000, spike: true },
  million: { runs: 1, metrics: ['batch/loss'], steps: 1_000_000 },
}

async function measured<T>(
  shell: ShellName,
  load: keyof typeof loads,
  measure: (page: Page) => Promise<T>,
): Promise<T> {
  process.stderr.write(`${shell}: ${load}\n`)
  const { page, close } = await openShell(shell, join(folder, load))
  try {
    await page.getByRole('navigation', { name: 'Pages' }).waitFor()
    const found = await measure(page)
    process.stderr.write(`${JSON.stringify(found)}\n`)
    return found
  } finally {
    await close()
  }
}

try {
  for (const [name, load] of Object.entries(loads)) {
    process.stderr.write(`making ${load.runs} runs of ${load.steps} steps\n`)
    makeLoadedWorkspace(join(folder, name), [load])
  }
  const results: Record<string, unknown> = {}
  for (const shell of shells)
    results[shell] = {
      table: await measured(shell, 'table', (page) => table(page, loads.table.runs)),
      largeTable: await measured(shell, 'largeTable', (page) => table(page, loads.largeTable.runs)),
      parallel: await measured(shell, 'table', (page) => parallel(page, loads.table.runs)),
      largeParallel: await measured(shell, 'largeTable', (page) => parallel(page, loads.largeTable.runs)),
      scatter: await measured(shell, 'table', (page) => scatter(page, loads.table.runs)),
      overlay: await measured(shell, 'overlay', (page) => overlay(page, loads.overlay.runs)),
      million: await measured(shell, 'million', million),
    }
  const processor = `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`
  console.log(JSON.stringify({ ...results, processor, load: loadavg()[0] }))
} finally {
  rmSync(folder, { recursive: true, force: true })
}
