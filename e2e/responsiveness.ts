/**
 * How long a person waits for the page: from an input to the next drawing, while a small model trains at full speed, and
 * beside a finished run of a million points. In the shell that is given, on real or made digits:
 *
 *     node e2e/responsiveness.ts [browser|desktop] [rounds]
 *
 * Prints milliseconds: median, 95th percentile and longest wait by page, tasks that held the page for more than 50, and
 * (browser shell) how long the server's own event loop was held.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { metrics } from '../main/common/schemas.ts'
import { templates } from '../main/common/templates.ts'
import { defaultTrainConfig } from '../main/common/training.ts'
import { projectRoot } from '../main/paths.ts'
import { openStore } from '../main/store/index.ts'
import { openShell, type ShellName } from './shells.ts'

const shellName = (process.argv[2] ?? 'browser') as ShellName
const rounds = Number(process.argv[3] ?? 3)
const pages = ['Data', 'Build', 'Train', 'Inspect', 'Compare'] as const
const workspace = mkdtempSync(join(tmpdir(), 'tapedeck-responsiveness-'))
const held = join(workspace, 'held.json')

interface Wait {
  kind: string
  ms: number
}
interface Watch {
  waits: Wait[]
  tasks: number[]
}
type Watching = typeof globalThis & { watch: Watch }

/** Runs in the page: every input is followed to the drawing after it, every task over 50 ms is noted. */
function watchPage(): void {
  const watch: Watch = { waits: [], tasks: [] }
  ;(globalThis as Watching).watch = watch
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) watch.tasks.push(duration)
  }).observe({ type: 'longtask' })
  const follow = (event: Event): void => {
    const { type, timeStamp } = event
    requestAnimationFrame(() => {
      const channel = new MessageChannel()
      // A message posted before a drawing arrives after it.
      channel.port1.onmessage = () => watch.waits.push({ kind: type, ms: performance.now() - timeStamp })
      channel.port2.postMessage(null)
    })
  }
  for (const type of ['pointermove', 'pointerdown', 'click', 'keydown', 'wheel', 'input'])
    window.addEventListener(type, follow, { capture: true, passive: true })
}

async function take(page: Page): Promise<Watch> {
  return page.evaluate(() => {
    const { watch } = globalThis as Watching
    return { waits: watch.waits.splice(0), tasks: watch.tasks.splice(0) }
  })
}

const point = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN

function say(title: string, { waits, tasks }: Watch): void {
  const sorted = waits.map(({ ms }) => ms).sort((a, b) => a - b)
  const worst = waits.reduce((a, b) => (b.ms > a.ms ? b : a), { kind: '', ms: 0 })
  const [half, most] = [0.5, 0.95].map((share) => point(sorted, share).toFixed(0))
  console.log(
    `${title.padEnd(24)} ${String(sorted.length).padStart(5)} inputs  median ${half}  95 % ${most}  longest ${worst.ms.toFixed(0)} (${worst.kind})  tasks over 50: ${tasks.length}${tasks.length > 0 ? `, longest ${Math.max(...tasks).toFixed(0)}` : ''}`,
  )
}

/** What a person does on any page: moves about, scrolls, clicks where it does no harm. */
async function wander(page: Page): Promise<void> {
  const box = await page.getByRole('main').boundingBox()
  if (!box) throw new Error('[responsiveness] the page has no main part')
  for (let i = 0; i < 60; i++) {
    const [x, y] = [(i * 0.37) % 1, (i * 0.61) % 1]
    await page.mouse.move(box.x + 20 + x * (box.width - 40), box.y + 20 + y * (box.height - 40), { steps: 3 })
    if (i % 10 === 9) await page.mouse.wheel(0, i % 20 === 9 ? 120 : -120)
  }
}

/** A run of a million steps, as a night of training leaves it. */
function leaveLongRun(points: number): void {
  const store = openStore(workspace, 'test')
  const document = templates()[0]?.document
  if (!document) throw new Error('[responsiveness] there is no template')
  const run = store.runs.create({
    name: 'A night',
    datasetId: 'gone',
    datasetName: 'digits',
    document,
    config: defaultTrainConfig,
    engine: {
      version: '0',
      build: 'test',
      instructionSet: 'generic',
      bfloat16: false,
      threads: 1,
      oneDNN: null,
      cuda: { available: false, reason: 'not built' },
    },
    parameters: 1,
  })
  for (let from = 0; from < points; from += 10_000) {
    const steps = Array.from({ length: Math.min(10_000, points - from) }, (_, i) => from + i + 1)
    store.transaction(() =>
      store.metrics.append(
        run,
        steps.map((step) => ({
          metric: metrics.batchLoss,
          step,
          value: 2 / (1 + step / 2e4) + 0.2 * Math.abs(Math.sin(step * 12.9898)),
          epoch: step / 1e4,
          seconds: step / 4e3,
        })),
      ),
    )
  }
  store.runs.end(run, 'finished', null, null)
  store.close()
}

/** In the server's process: the longest time that its event loop was held, written when it ends. */
const probe = `data:text/javascript,${encodeURIComponent(
  `import { monitorEventLoopDelay } from 'node:perf_hooks'; import { writeFileSync } from 'node:fs'; import { isMainThread } from 'node:worker_threads';
   if (isMainThread) { const h = monitorEventLoopDelay({ resolution: 5 }); setTimeout(() => h.enable(), 3000).unref();
   process.on('exit', () => writeFileSync(${JSON.stringify(held)}, JSON.stringify({ p99: h.percentile(99) / 1e6, max: h.max / 1e6 }))) }`,
)}`

try {
  leaveLongRun(1_000_000)
  if (shellName === 'browser') process.env.NODE_OPTIONS = `--import=${probe}`
  const { page, close } = await openShell(shellName, workspace)
  process.env.NODE_OPTIONS = ''
  const go = async (index: number): Promise<void> => {
    await page.keyboard.press(`Control+${index + 1}`)
    await page.getByRole('main', { name: pages[index] }).waitFor()
  }
  await page.getByRole('navigation', { name: 'Pages' }).waitFor()
  await page.evaluate(watchPage)

  await go(4)
  await page.getByRole('button', { name: /^Metrics:/ }).click()
  await take(page)
  await page.getByRole('button', { name: metrics.batchLoss, exact: true }).click()
  const curves = page.locator('canvas[data-painted="1"]').first()
  await curves.waitFor()
  say('A million: first drawing', await take(page))
  await wander(page)
  const chart = await curves.boundingBox()
  if (chart) {
    await page.mouse.move(chart.x + chart.width / 2, chart.y + chart.height / 2)
    for (let i = 0; i < 30; i++) {
      await page.mouse.wheel(0, i < 15 ? -120 : 120)
      await page.mouse.move(chart.x + chart.width / 2 + i, chart.y + chart.height / 2)
    }
  }
  say('A million: about it', await take(page))

  await go(0)
  await page
    .getByLabel('Path of a folder or file')
    .fill(join(projectRoot(), 'resources', 'samples', 'digits'))
  await page.getByRole('button', { name: 'Look' }).click()
  await page.getByRole('button', { name: 'Import' }).click()
  await page.getByRole('button', { name: 'Train on this' }).waitFor()
  await go(1)
  await page.getByRole('button', { name: /Digits MLP/ }).click()
  await go(2)
  await page.getByLabel('Epochs', { exact: true }).fill('100000')
  await page.getByRole('button', { name: 'Start training' }).click()
  await page.locator('path[data-trace]').first().waitFor()
  say('Until it trains', await take(page))
  const all: Watch = { waits: [], tasks: [] }
  for (let round = 0; round < rounds; round++)
    for (const [index, name] of pages.entries()) {
      await go(index)
      await wander(page)
      const part = await take(page)
      say(`${name}, training`, part)
      all.waits.push(...part.waits)
      all.tasks.push(...part.tasks)
    }
  say('All, training', all)
  await go(2)
  await page.getByRole('button', { name: 'Stop', exact: true }).click()
  await page.getByRole('region', { name: 'Run' }).getByText('stopped').waitFor()
  console.log((await page.getByRole('region', { name: 'Run' }).textContent())?.slice(0, 200))
  await close()
  if (shellName === 'browser') console.log('event loop of the server, ms:', readFileSync(held, 'utf8'))
} finally {
  rmSync(workspace, { recursive: true, force: true })
}
