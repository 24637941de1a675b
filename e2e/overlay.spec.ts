/** Curves of several runs over each other: axes, smoothing, zoom, reading off, and out as a file. */
import type { Locator } from '@playwright/test'
import { makeLoadedWorkspace } from '../main/bench/loads.ts'
import { exported } from './exported.ts'
import { expect, test, type Page } from './fixtures.ts'
import { goTo } from './walk.ts'

const runs = 10
const steps = 20_000

const panel = (page: Page, name: string): Locator =>
  page.getByRole('button', { name: new RegExp(`^${name}:`) })
const charts = (page: Page): Locator => page.getByTestId('curve-chart')
const axis = (page: Page): Locator => charts(page).first().locator('.recharts-xAxis-tick-labels')

/** Everything is read and on the canvas. */
async function drawn(page: Page, curves: number): Promise<void> {
  await expect(charts(page).first().locator(`canvas[data-painted="${curves}"]`)).toBeVisible()
  await expect(page.locator('[data-testid=curve-chart][data-settled]').first()).toBeVisible()
}

async function choose(page: Page, panelName: string, act: () => Promise<void>): Promise<void> {
  await panel(page, panelName).click()
  await act()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)
}

test('curves of ten runs are overlaid, measured and taken out', async ({ workbench }) => {
  await workbench.close()
  const [loaded] = makeLoadedWorkspace(workbench.workspace, [
    { runs, metrics: ['batch/loss', 'val/loss'], steps, spike: true },
  ])
  const page = await workbench.open()
  await goTo(page, 'Compare')
  await drawn(page, 2)
  await page.getByRole('treegrid').focus()
  await page.keyboard.press('Control+a')
  const note = page.getByText(/^10 runs · .* points/)

  await test.step('all of them, and how many points that is', async () => {
    await panel(page, 'Metrics').click()
    await page.getByRole('combobox', { name: 'Find a metric' }).fill('batch')
    await page.keyboard.press('Enter')
    await drawn(page, runs)
    await expect(note).toHaveText('10 runs · 200,000 points, min–max per pixel')
  })

  await test.step('a spike of one step is seen', async () => {
    // It is a hundred times as high as all else: the upper half of the plot holds nothing but it.
    const columns = await charts(page)
      .locator(`canvas[data-painted="${runs}"]`)
      .first()
      .evaluate((canvas: HTMLCanvasElement) => {
        const [top, height] = [canvas.height * 0.2, canvas.height * 0.2]
        const { data } = canvas.getContext('2d')?.getImageData(0, top, canvas.width, height) ?? { data: [] }
        const seen = new Set<number>()
        for (let i = 3; i < data.length; i += 4) if ((data[i] ?? 0) > 100) seen.add((i >> 2) % canvas.width)
        return [...seen].map((column) => column / canvas.width)
      })
    expect(columns.length).toBeGreaterThan(0)
    for (const at of columns) expect(at).toBeCloseTo((loaded?.spike?.step ?? 0) / steps, 1)
  })

  await test.step('over epochs, samples and time, and on logarithmic axes', async () => {
    await expect(axis(page)).toContainText('20 k')
    await choose(page, 'Axes', () => page.getByRole('radio', { name: 'Relative time' }).check())
    await expect(axis(page)).toContainText('m 00 s')
    await choose(page, 'Axes', async () => {
      await page.getByRole('radio', { name: 'Step' }).check()
      await page.getByRole('checkbox', { name: 'Logarithmic x' }).check()
      await page.getByRole('checkbox', { name: 'Logarithmic y' }).check()
    })
    await expect(panel(page, 'Axes')).toHaveText('x: step · log x · log y')
    await expect(axis(page)).toContainText('100')
    await drawn(page, runs)
    await choose(page, 'Axes', async () => {
      await page.getByRole('checkbox', { name: 'Logarithmic x' }).uncheck()
      await page.getByRole('checkbox', { name: 'Logarithmic y' }).uncheck()
    })
  })

  await test.step('smoothed by a median, and as groups with a band', async () => {
    await choose(page, 'Smoothing', () => page.getByText('Median', { exact: true }).click())
    await expect(panel(page, 'Smoothing')).toContainText('median over 2 %')
    await choose(page, 'Lines', () => page.getByRole('radio', { name: 'Mean of groups' }).check())
    await drawn(page, 2)
    await choose(page, 'Lines', () => page.getByRole('radio', { name: 'Each run' }).check())
    await drawn(page, runs)
  })

  const plot = page.getByRole('application', { name: /^Read batch\/loss/ })
  await test.step('read off, highest first; the run under the pointer stands out and the rest dims', async () => {
    const box = await plot.boundingBox()
    if (!box) throw new Error('no plot')
    const place = box.x + box.width * ((loaded?.spike?.step ?? 0) / steps)
    await page.mouse.move(place, box.y + box.height - 4)
    await expect(charts(page).locator('canvas[data-dimmed]')).toBeVisible()
    await expect(charts(page).locator('canvas[data-painted="1"]')).toBeVisible()
    await page.mouse.move(box.x + 30, box.y + 10)
    await expect(charts(page).locator('canvas[data-dimmed]')).toHaveCount(0)
    await plot.focus()
    await page.keyboard.press('End')
    const values = await page.getByTestId('curve-chart').getByRole('status').locator('b').allTextContents()
    expect(values.length).toBeGreaterThan(2)
    expect(values.map(Number)).toEqual(values.map(Number).toSorted((a, b) => b - a))
  })

  await test.step('zoomed to every single point, panned, and back', async () => {
    for (let i = 0; i < 14; i++) await page.keyboard.press('+')
    await expect(note).toContainText('every one drawn')
    const before = await axis(page).textContent()
    await page.keyboard.press('Alt+ArrowLeft')
    await expect(axis(page)).not.toHaveText(before ?? '')
    await page.keyboard.press('0')
    await expect(note).toContainText('200,000 points, min–max per pixel')
    await drawn(page, runs)
  })

  await test.step('out as a figure and as numbers', async () => {
    const svg = (await exported(workbench, 'Figure as SVG')).toString()
    expect(svg.match(/data-curve=/g)?.length).toBe(runs)
    // On white ground.
    for (const text of ['>batch/loss<', '>step<', '200,000 points, min–max per pixel', 'fill="#fff'])
      expect(svg.includes(text), text).toBe(true)
    const [head, ...rows] = (await exported(workbench, 'Values as CSV')).toString().trim().split('\r\n')
    const highest = head?.split(',').indexOf('max') ?? -1
    const values = rows.map((row) => Number(row.split(',').at(highest - (head?.split(',').length ?? 0))))
    expect(Math.max(...values)).toBe(loaded?.spike?.value)
    expect((await exported(workbench, 'Figure as PNG')).toString('latin1', 1, 4)).toBe('PNG')
  })

  await test.step('two metrics, a chart each, with one cursor', async () => {
    await panel(page, 'Metrics').click()
    await page.getByRole('checkbox', { name: 'Draw val/loss' }).check()
    await page.keyboard.press('Escape')
    await expect(charts(page)).toHaveCount(2)
    await expect(charts(page).nth(1).locator(`canvas[data-painted="${runs}"]`)).toBeVisible()
    await plot.hover()
    await expect(charts(page).locator('[class*=hair]')).toHaveCount(2)
  })
})
