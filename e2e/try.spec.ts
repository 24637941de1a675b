import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { readSafetensors } from '../main/export/safetensors.ts'
import { expect, test, type Page } from './fixtures.ts'
import { digits, digitsToTrain, goTo, importFrom } from './walk.ts'

const answer = (page: Page) => page.getByRole('status', { name: 'Answer' })

async function train(page: Page): Promise<void> {
  await page.getByLabel('Epochs').fill('2')
  await page.getByRole('button', { name: 'Start training' }).click()
  await expect(page.getByRole('region', { name: 'Run' })).toContainText('finished', { timeout: 60_000 })
}

/** A 1: a stroke from above to below, at a share of the width. */
async function drawOne(page: Page, across = 0.5): Promise<void> {
  const pad = page.getByLabel('Drawing')
  const box = await pad.boundingBox()
  if (!box) throw new Error('[try] there is nothing to draw on')
  const [x, top, bottom] = [box.x + box.width * across, box.y + box.height * 0.2, box.y + box.height * 0.8]
  await page.mouse.move(x, top)
  await page.mouse.down()
  await page.mouse.move(x, bottom, { steps: 6 })
  await page.mouse.up()
}

const arraysIn = (path: string): number => readSafetensors(path).arrays.length

/** @returns the folder that was made for it */
async function exportedAs(page: Page, format: string, parent: string): Promise<string> {
  await page.getByRole('button', { name: 'Export…' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('radio', { name: format }).check()
  await dialog.getByLabel('Folder', { exact: true }).fill(parent)
  await dialog.getByLabel('Name of the new folder').fill(`taken as ${format}`)
  await dialog.getByRole('button', { name: 'Export', exact: true }).click()
  await expect(dialog.getByRole('status')).toContainText('written to')
  const path = (await dialog.getByRole('status').locator('b').textContent()) ?? ''
  await dialog.getByRole('button', { name: 'Close' }).last().click()
  return path
}

test('a trained network is asked, explains itself, and predicts a folder into a file', async ({
  page,
  workbench,
}) => {
  await test.step('teaches before anything was trained', async () => {
    await goTo(page, 'Try')
    await expect(page.getByText('No trained network yet')).toBeVisible()
  })

  await test.step('a drawn digit', async () => {
    await digitsToTrain(page)
    await train(page)
    await page.getByRole('region', { name: 'Run' }).getByRole('button', { name: 'Try' }).click()
    await expect(page.getByRole('main', { name: 'Try', exact: true })).toBeVisible()
    await drawOne(page)
    await expect(answer(page).getByRole('button')).toHaveCount(10)
    await expect(answer(page).getByRole('button', { name: /^1 / })).toBeVisible()
    await expect(page.getByRole('img', { name: 'Where the answer came from' })).toBeVisible()
  })

  await test.step('a stroke too many is taken away', async () => {
    const undo = page.getByRole('button', { name: 'Undo' })
    const sheet = () => page.getByLabel('Drawing').evaluate((pad: HTMLCanvasElement) => pad.toDataURL())
    const before = await sheet()
    await drawOne(page, 0.2)
    expect(await sheet()).not.toBe(before)
    await undo.click()
    await expect.poll(sheet).toBe(before)
    await page.getByLabel('Drawing').press('Control+z')
    await expect(undo).toBeDisabled()
    await drawOne(page)
    await expect(answer(page).getByRole('button')).toHaveCount(10)
  })

  await test.step('another class is explained', async () => {
    await answer(page).getByRole('button', { name: /^8 / }).click()
    await expect(page.getByText('the score of 8 depends on')).toBeVisible()
  })

  await test.step('a sample with its truth', async () => {
    await page.getByRole('button', { name: 'A validation sample' }).click()
    await expect(answer(page)).toContainText(/It is \d/)
  })

  await test.step('an evaluation, and the samples behind its figures', async () => {
    await page.getByText('Evaluate', { exact: true }).first().click()
    await page.getByRole('button', { name: 'Evaluate', exact: true }).click()
    await expect(page.getByRole('img', { name: 'Confusion matrix of 10 classes' })).toBeVisible()
    await expect(page.getByRole('row', { name: /^9 50 / })).toBeVisible()
    const samples = page.getByRole('list', { name: '500 samples' })
    await expect(samples.getByRole('img').first()).toBeVisible()
    const pair = page.getByRole('button', { name: / taken for / }).first()
    const words = (await pair.textContent()) ?? ''
    await pair.click()
    const [, truth, answered, times] = /^(\d) taken for (\d) (\d+)$/.exec(words) ?? []
    const mistaken = page.getByRole('list', { name: `${times} sample${times === '1' ? '' : 's'}` })
    await expect(mistaken).toBeVisible()
    await expect(page.getByRole('heading', { name: `${truth} taken for ${answered}` })).toBeVisible()
    await mistaken.getByRole('button').first().click()
    await expect(answer(page)).toContainText(`It is ${truth}, not ${answered}.`)
  })

  await test.step('an evaluation of other data, where they lie', async () => {
    const other = join(workbench.workspace, 'others', '7')
    mkdirSync(other, { recursive: true })
    cpSync(join(digits, '..', 'any-size', 'dots'), other, { recursive: true })
    await page.getByText('Evaluate', { exact: true }).first().click()
    await page.getByRole('combobox', { name: 'Data set' }).click()
    await page.getByRole('option', { name: 'A folder or a file…' }).click()
    await page.getByLabel('Folder or file with the truth in it').fill(join(other, '..'))
    await page.getByRole('button', { name: 'Evaluate', exact: true }).click()
    const count = readdirSync(other).filter((name) => name.endsWith('.png')).length
    await expect(page.getByRole('row', { name: new RegExp(`^7 ${count} `) })).toBeVisible()
    await page
      .getByRole('list', { name: `${count} samples` })
      .getByRole('button')
      .first()
      .click()
    await expect(answer(page)).toContainText('It is 7')
  })

  await test.step('taken elsewhere, and begun with again', async () => {
    const project = await exportedAs(page, 'PyTorch project', workbench.workspace)
    for (const name of ['model.py', 'data.py', 'train.py', 'requirements.txt', 'README.md'])
      expect(readFileSync(join(project, name), 'utf8'), name).not.toBe('')
    expect(arraysIn(join(project, 'weights.safetensors'))).toBeGreaterThan(0)
    const model = await exportedAs(page, 'ONNX model', workbench.workspace)
    expect(readdirSync(model).toSorted()).toEqual(['README.md', 'model.json', 'model.onnx'])
    expect(statSync(join(model, 'model.onnx')).size).toBeGreaterThan(1000)
    const archive = await exportedAs(page, 'Run archive', workbench.workspace)
    const [file = '', ...others] = readdirSync(archive)
    expect([file, others]).toEqual([expect.stringMatching(/\.tapedeck$/), []])
    // An archive is a zip file.
    expect(readFileSync(join(archive, file)).toString('latin1', 0, 2)).toBe('PK')
    const path = await exportedAs(page, 'Weights', workbench.workspace)
    expect(arraysIn(join(path, 'weights.safetensors'))).toBeGreaterThan(0)
    await goTo(page, 'Train')
    await page.getByRole('button', { name: /Fine-tuning/ }).click()
    await page.getByLabel('Begin with weights').fill(join(path, 'weights.safetensors'))
    await page.getByRole('combobox', { name: 'Frozen layers' }).click()
    await page.getByRole('listbox', { name: 'Frozen layers' }).getByRole('option').first().click()
    await page.keyboard.press('Escape')
    await train(page)
    await expect(page.getByText(/frozen/).first()).toBeVisible()
    await goTo(page, 'Try')
  })

  await test.step('a file that is no image', async () => {
    await page.getByText('A file', { exact: true }).click()
    await page.locator('input[type=file]').setInputFiles({
      name: 'notes.png',
      mimeType: 'image/png',
      buffer: Buffer.from('no image at all'),
    })
    await expect(page.getByRole('alert')).toContainText('The image cannot be read')
  })

  await test.step('files', async () => {
    const out = join(workbench.workspace, 'answers.csv')
    const asked = join(digits, '..', 'any-size', 'dots')
    await page.getByRole('button', { name: 'Predict files…' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('What to predict').fill(asked)
    await dialog.getByLabel('Written to').fill(out)
    await dialog.getByRole('button', { name: 'Predict', exact: true }).click()
    await expect(dialog.getByRole('status')).toContainText('predicted in')
    await dialog.getByRole('button', { name: 'Close' }).last().click()
    expect(existsSync(out)).toBe(true)
    expect(readFileSync(out, 'utf8')).toMatch(/^item,prediction,probability,/)
  })
})

test('a text is answered as it is typed', async ({ page }) => {
  const samples = join(digits, '..')
  await importFrom(page, join(samples, 'topics'))
  await goTo(page, 'Build')
  await page.getByRole('button', { name: /LSTM text classifier/ }).click()
  await goTo(page, 'Train')
  await train(page)
  await goTo(page, 'Try')
  await page.getByRole('textbox', { name: 'Text' }).fill('the team won the match xqzv')
  await expect(answer(page).getByRole('button')).toHaveCount(4)
  await expect(page.getByText('xqzv', { exact: true })).toBeVisible()
  await expect(page.getByText(/unknown to the vocabulary/)).toBeVisible()
  await page.getByRole('textbox', { name: 'Text' }).evaluate((field) => {
    const clipboardData = new DataTransfer()
    clipboardData.setData('text/plain', 'the match\n'.repeat(120_000))
    field.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
  })
  await expect(page.getByText('Only its first 1,000,000 characters are kept.')).toBeVisible()
  await expect(page.getByText(/cut to its first 256 tokens/)).toBeVisible()
  await page.getByRole('button', { name: 'Write another' }).click()
  await expect(page.getByText('Type a text: how sure')).toBeVisible()
})
