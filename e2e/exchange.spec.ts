/** Runs leave as an archive and come back as they were; those of another tool stand beside them; a report of both. */
import { appendFileSync, readFileSync, realpathSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../main/paths.ts'
import { openStore } from '../main/store/index.ts'
import { expect, test, type Page } from './fixtures.ts'
import { digitsToTrain, goTo } from './walk.ts'

const eventFiles = join(projectRoot(), 'main', 'exchange', 'golden', 'torch', 'plain')

async function look(page: Page, path: string): Promise<void> {
  await page.getByRole('button', { name: 'Import…' }).click()
  await page.getByLabel('Path of an archive').fill(path)
  await page.getByRole('button', { name: 'Look' }).click()
}

/** Writes the ticked runs. */
async function exportTo(page: Page, entry: RegExp, folder: string, name: string): Promise<void> {
  await page.getByRole('button', { name: 'Export', exact: true }).click()
  await page.getByRole('menuitem', { name: entry }).click()
  const dialog = page.getByRole('dialog')
  const target = dialog.getByLabel('Folder', { exact: true })
  // It stands on the home folder as soon as that is known.
  await expect(target).not.toHaveValue('')
  await target.fill(folder)
  await dialog.getByLabel('File name').fill(name)
  await dialog.getByRole('button', { name: 'Export', exact: true }).click()
  await expect(dialog).toContainText(`Written to ${join(folder, name)}`)
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
}

/** Everything a workspace that is closed knows of its only run, but how it is numbered and where it came from. */
function known(workspace: string): string {
  const store = openStore(workspace, 'test')
  try {
    const [run] = store.runs.list()
    if (!run) throw new Error('there is no run')
    const { id, origin: _, checkpoint: _c, checkpoints, ...rest } = store.runs.get(run.id)
    const files = checkpoints.map(({ id: _i, runId: _r, path, ...kept }) => [kept, readFileSync(path, 'hex')])
    const points = store.transfer
      .metrics(id)
      .map((metric) => [metric, ...store.transfer.points(id, metric.id)])
    return JSON.stringify([
      rest,
      files,
      points,
      store.health.layers(id),
      ...store.predictions.packed(id),
      ...store.transfer.probes(id),
    ])
  } finally {
    store.close()
  }
}

function removeOnlyRun(workspace: string): void {
  const store = openStore(workspace, 'test')
  const [run] = store.runs.list()
  store.removal.begin(run!.id)
  expect([...store.removal.slices(run!.id)].length).toBeGreaterThan(0)
  store.close()
  rmSync(join(workspace, 'checkpoints', String(run!.id)), { recursive: true })
}

function cutCheckpoint(workspace: string): void {
  const store = openStore(workspace, 'test')
  truncateSync(store.checkpoints.all()[0]!.path, 1000)
  store.close()
}

test('out and in again, beside a run of another tool, and into a report', async ({
  page: first,
  workbench,
}) => {
  test.slow()
  let page = first
  const { workspace } = workbench
  const drawn = (count: number) => page.getByTestId('curve-chart').locator(`canvas[data-painted="${count}"]`)
  let before = ''

  await test.step('a run with checkpoints leaves as an archive, and is deleted', async () => {
    await digitsToTrain(page)
    await page.getByLabel('Epochs', { exact: true }).fill('2')
    await page.getByRole('button', { name: 'Start training' }).click()
    await expect(page.getByRole('region', { name: 'Run' })).toContainText('finished')
    await goTo(page, 'Compare')
    await page.getByRole('checkbox', { name: /^Compare run 1/ }).check()
    await exportTo(page, /Archive/, workspace, 'digits.tapedeck')
    await workbench.close()
    before = known(workspace)
    removeOnlyRun(workspace)
    page = await workbench.open()
    await goTo(page, 'Compare')
  })

  await test.step('it comes back, its curves and checkpoints too', async () => {
    await look(page, join(workspace, 'digits.tapedeck'))
    await expect(page.getByRole('dialog')).toContainText('An archive of 1 run')
    await page.getByRole('button', { name: 'Import', exact: true }).click()
    await expect(page.getByRole('dialog')).toContainText(/1 run, \d+ metrics, [\d,]+ points, 2 checkpoints/)
    await page.getByRole('button', { name: 'Compare it' }).click()
    await expect(drawn(1)).toBeVisible()
    await look(page, join(workspace, 'digits.tapedeck'))
    await page.getByRole('button', { name: 'Import', exact: true }).click()
    await expect(page.getByRole('dialog')).toContainText('is here already as run 2')
    await workbench.close()
    expect(known(workspace)).toBe(before)
    cutCheckpoint(workspace)
    page = await workbench.open()
    await goTo(page, 'Compare')
  })

  await test.step('a checkpoint that was cut meanwhile is set aside, and said', async () => {
    await page.getByRole('button', { name: 'Bin', exact: true }).click()
    await expect(page.getByText('of damaged checkpoints were set aside')).toBeVisible()
    await page.getByRole('button', { name: 'Delete damaged checkpoints…' }).click()
    await page.getByRole('button', { name: 'Delete for ever' }).click()
    await expect(page.getByText('of damaged checkpoints were set aside')).toHaveCount(0)
    await page.getByRole('button', { name: 'All runs', exact: true }).click()
  })

  await test.step('event files of PyTorch stand in the same table and on the same chart', async () => {
    await look(page, eventFiles)
    await expect(page.getByRole('dialog')).toContainText('TensorBoard event files of 1 run')
    await page.getByRole('button', { name: 'Import', exact: true }).click()
    await expect(page.getByRole('dialog')).toContainText('1 run, 3 metrics, 126 points.')
    await page.getByRole('button', { name: 'Compare it' }).click()
    await page.getByRole('checkbox', { name: /^Compare run 2/ }).check()
    await page.getByRole('button', { name: /^Metrics: / }).click()
    await page.getByRole('checkbox', { name: 'Draw train/loss' }).check()
    await page.keyboard.press('Escape')
    await expect(page.locator('[data-metric="train/loss"] canvas[data-painted="2"]')).toBeVisible()
  })

  await test.step('a report of both', async () => {
    await exportTo(page, /Report/, workspace, 'both.md')
    const report = readFileSync(join(workspace, 'both.md'), 'utf8')
    expect(report).toContain('# Comparison of 2 runs')
    expect(report).toContain('another tool (tensorboard)')
    expect(report.match(/data:image\/svg\+xml/g)!.length).toBeGreaterThan(1)
  })

  await test.step('lines that another program writes appear beside an own run while it writes', async () => {
    const file = join(realpathSync(workspace), 'elsewhere.jsonl')
    const line = (step: number, seconds: number): string =>
      `${JSON.stringify({ step, seconds, 'train/loss': 1 / step })}\n`
    writeFileSync(
      file,
      '{"tapedeck": "start", "name": "Elsewhere", "settings": {"lr": 0.25}}\n' + line(1, 20),
    )
    await page.getByRole('button', { name: 'Import…' }).click()
    await page.getByRole('button', { name: 'Follow a file…' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Path of a file of metrics').fill(file)
    await dialog.getByRole('button', { name: 'Follow', exact: true }).click()
    const followed = dialog.getByRole('listitem', { name: file })
    await expect(followed).toContainText('live')
    await expect(followed).toContainText('“Elsewhere”')
    await followed.getByRole('button', { name: 'Compare' }).click()
    await page.getByRole('checkbox', { name: /^Compare run 2/ }).check()
    const row = page.getByRole('row', { name: /Elsewhere/ })
    await expect(row).toContainText('live')
    await expect(row).toContainText('20 s')
    appendFileSync(file, line(2, 41) + '{"step": 3, "tr')
    await expect(row).toContainText('41 s')
    await expect(page.locator('[data-metric="train/loss"] canvas[data-painted="2"]')).toBeVisible()
    appendFileSync(file, 'ain/loss": 0.1, "seconds": 59}\n{"tapedeck": "end", "status": "finished"}\n')
    await expect(row).toContainText('finished')
    await expect(row).toContainText('59 s')
    await page.getByRole('button', { name: 'Following · 1' }).click()
    await followed.getByRole('button', { name: 'Stop' }).click()
    await expect(followed).toContainText('stopped')
    await page.keyboard.press('Escape')
    await expect(dialog).toBeHidden()
  })

  await test.step('what is no run is refused in a sentence', async () => {
    const file = join(workspace, 'digits.tapedeck')
    await look(page, join(workspace, 'workspace.db'))
    await expect(page.getByRole('alert')).toContainText('is no archive, no event file and no text')
    await page.getByLabel('Path of an archive').fill(`${file}.gone`)
    await page.getByRole('button', { name: 'Look' }).click()
    await expect(page.getByRole('alert')).toContainText(`${file}.gone: there is nothing of that name.`)
  })
})
