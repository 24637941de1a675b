/** The Build page: networks drawn with the mouse and with the keyboard alone, broken and mended, grouped and repeated. */
import { node, dragFromPalette, wire } from './canvas.ts'
import { expect, test, type Page } from './fixtures.ts'

const shapes = (page: Page): Promise<string[]> => page.getByTestId('wire-shape').allTextContents()
const properties = (page: Page) => page.getByRole('complementary', { name: 'Properties' })
const toolbar = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: true })

const cnnShapes = [
  'B x 3 x 32 x 32',
  'B x 16 x 32 x 32',
  'B x 16 x 32 x 32',
  'B x 16 x 16 x 16',
  'B x 4096',
  'B x 10',
].sort()

async function openBuild(page: Page): Promise<void> {
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Build' }).click()
  await expect(page.getByText('Build a network')).toBeVisible()
}

/** Adds layers one behind the other from the search field, as its own placeholder says. */
async function typeLayers(page: Page, ...names: string[]): Promise<void> {
  await page.keyboard.press('/')
  for (const name of names) {
    await page.keyboard.type(name)
    await page.keyboard.press('Enter')
  }
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
}

/** Sets the first parameter of the layer that was added last, and goes back to the canvas. */
async function typeParameter(page: Page, value: string): Promise<void> {
  await page.keyboard.press('Enter')
  await expect(properties(page).locator('input[data-parameter]').first()).toBeFocused()
  await page.keyboard.press('Control+a')
  await page.keyboard.type(value)
  await page.keyboard.press('Escape')
}

test('a CNN from an empty canvas with the mouse; broken, and mended by the offered mend', async ({
  page,
}) => {
  await openBuild(page)
  await dragFromPalette(page, 'Input', { x: 0.14, y: 0.2 })
  await properties(page).getByLabel('Shape of a sample').fill('3 x 32 x 32')
  await dragFromPalette(page, 'Conv 2D', { x: 0.48, y: 0.2 })
  await properties(page).getByLabel('Channels out').fill('16')
  await dragFromPalette(page, 'ReLU', { x: 0.82, y: 0.2 })
  await dragFromPalette(page, 'Max pool 2D', { x: 0.14, y: 0.55 })
  await dragFromPalette(page, 'Flatten', { x: 0.48, y: 0.55 })
  await dragFromPalette(page, 'Linear', { x: 0.82, y: 0.55 })
  await properties(page).getByLabel('Outputs').fill('10')
  await dragFromPalette(page, 'Output', { x: 0.48, y: 0.8 })
  for (const [from, to] of [
    ['Input', 'Conv 2D'],
    ['Conv 2D', 'ReLU'],
    ['ReLU', 'Max pool 2D'],
    ['Max pool 2D', 'Flatten'],
    ['Flatten', 'Linear'],
    ['Linear', 'Output'],
  ] as const)
    await wire(page, from, to)
  await expect(page.getByText('No problems')).toBeVisible()
  expect((await shapes(page)).sort()).toEqual(cnnShapes)

  await test.step('without Flatten the Output says both shapes, and offers to put it back', async () => {
    await node(page, 'Flatten').click()
    await page.keyboard.press('Delete')
    const problem = node(page, 'Output').getByRole('status')
    await expect(problem).toContainText('B x 16 x 16 x 10')
    await page.getByRole('button', { name: '1 problem' }).click()
    await page.getByRole('list', { name: 'Problems' }).getByRole('button').first().click()
    await expect(properties(page).getByRole('heading', { name: 'Output' })).toBeVisible()
    await problem.getByRole('button', { name: 'Insert Flatten' }).click()
    await expect(page.getByText('No problems')).toBeVisible()
  })
})

test('the same CNN with the keyboard alone; undone to nothing and done again', async ({ page }) => {
  await openBuild(page)
  await typeLayers(page, 'input')
  await typeParameter(page, '3 x 32 x 32')
  await typeLayers(page, 'conv2d')
  await typeParameter(page, '16')
  await typeLayers(page, 'relu', 'max pool', 'flatten', 'linear')
  await typeParameter(page, '10')
  await typeLayers(page, 'output')
  await expect(page.getByText('No problems')).toBeVisible()
  expect((await shapes(page)).sort()).toEqual(cnnShapes)

  await test.step('arrows walk along the wires, W draws one, Delete heals', async () => {
    await page.keyboard.press('ArrowLeft')
    await expect(page.locator('.react-flow__node:focus')).toContainText('Linear')
    await page.keyboard.press('ArrowLeft')
    await expect(page.locator('.react-flow__node:focus')).toContainText('Flatten')
    await page.keyboard.press('Delete')
    await expect(node(page, 'Flatten')).toHaveCount(0)
    await page.keyboard.press('Control+z')
    await expect(node(page, 'Flatten')).toHaveCount(1)
    await node(page, 'Conv 2D').focus()
    await page.keyboard.press('w')
    await expect(page.getByRole('combobox', { name: 'Wire Conv 2D to' })).toBeFocused()
    await page.keyboard.type('max')
    await page.keyboard.press('Enter')
    await node(page, 'Max pool 2D').focus()
    await page.keyboard.press('Enter')
    await expect(properties(page).getByLabel('Fed by')).toHaveValue(/conv2d/)
    await page.keyboard.press('Escape')
    await page.keyboard.press('Control+z')
  })

  await test.step('the list of keys', async () => {
    await page.keyboard.press('?')
    await expect(page.getByRole('dialog', { name: 'Keys' })).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(page.getByRole('dialog')).toHaveCount(0)
  })

  await test.step('undo to the empty canvas, redo to the whole network', async () => {
    const undo = toolbar(page, 'Undo')
    const redo = toolbar(page, 'Redo')
    while (await undo.isEnabled()) await undo.click()
    await expect(page.getByText('Build a network')).toBeVisible()
    while (await redo.isEnabled()) await redo.click()
    await expect(page.locator('.react-flow__node')).toHaveCount(7)
  })
})

test('a residual block: grouped, named, repeated three times, folded, and the same as text', async ({
  page,
}) => {
  await openBuild(page)
  await typeLayers(page, 'input')
  await typeParameter(page, '16 x 8 x 8')
  await typeLayers(page, 'conv2d')
  await typeParameter(page, '16')
  await typeLayers(page, 'relu', 'add', 'flatten', 'linear')
  await typeParameter(page, '10')
  await typeLayers(page, 'output')
  await node(page, 'Input').focus()
  await page.keyboard.press('w')
  await page.keyboard.type('add')
  await page.keyboard.press('Enter')
  await expect(page.getByText('No problems')).toBeVisible()
  await page.keyboard.press('t')

  await node(page, 'Conv 2D').click()
  await node(page, 'ReLU').click({ modifiers: ['Shift'] })
  await node(page, 'Add').click({ modifiers: ['Shift'] })
  await expect(properties(page)).toContainText('3 layers')
  await page.keyboard.press('Control+g')
  await expect(page.getByRole('textbox', { name: 'Name of the block' })).toBeFocused()
  await page.keyboard.type('Residual block')
  await page.keyboard.press('Enter')
  await expect(properties(page)).toContainText('2,320 weights')
  const repeats = page.getByTestId('canvas').getByLabel('Repeats of Residual block')
  await repeats.fill('3')
  await repeats.press('Enter')
  await expect(properties(page)).toContainText('6,960 weights in 3 copies')
  await expect(page.getByText('No problems')).toBeVisible()

  await test.step('folded it is one box with one wire in and one out', async () => {
    await page.getByText('Residual block', { exact: true }).first().click()
    await page.keyboard.press('c')
    await expect(node(page, 'Conv 2D')).toHaveCount(0)
    await expect(page.getByLabel('input of Residual block')).toHaveCount(1)
    await expect(page.getByText('No problems')).toBeVisible()
    await page.getByRole('button', { name: 'Open Residual block' }).click()
    await expect(node(page, 'Conv 2D')).toHaveCount(1)
  })

  await test.step('the text says the same, names the line of a mistake, and changes the model', async () => {
    await page.getByText('Text', { exact: true }).click()
    const text = page.getByLabel('The model as text')
    await expect(text).toHaveValue(/block "Residual block" x3:/)
    const before = await text.inputValue()
    await text.fill(before.replace('x3:', 'x4:').replace('ReLU(', 'ReLUU('))
    const line = before.split('\n').findIndex((one) => one.includes('ReLU(')) + 1
    await expect(page.getByRole('list', { name: 'Errors in the text' })).toContainText(`Line ${line}`)
    await expect(page.getByRole('button', { name: 'Apply' })).toBeDisabled()
    await text.fill(before.replace('x3:', 'x4:'))
    await page.getByRole('button', { name: 'Apply' }).click()
    await page.getByText('Canvas', { exact: true }).click()
    await expect(page.getByTestId('canvas').getByLabel('Repeats of Residual block')).toHaveValue('4')
    await toolbar(page, 'Undo').click()
    await expect(page.getByTestId('canvas').getByLabel('Repeats of Residual block')).toHaveValue('3')
  })
})

test('a model goes to a file and comes back; a file that is none is refused in words', async ({
  page,
  shell,
}) => {
  await openBuild(page)
  await typeLayers(page, 'input', 'flatten', 'linear', 'output')
  const drop = (name: string, text: string): Promise<void> =>
    page.evaluate(
      ([fileName, content]) => {
        const data = new DataTransfer()
        data.items.add(new File([content ?? ''], fileName ?? '', { type: 'application/json' }))
        const canvas = document.querySelector('[data-testid=canvas]')
        canvas?.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }))
      },
      [name, text],
    )
  await drop('notes.json', '{"name": "notes"}')
  await expect(page.getByRole('alert')).toContainText('not a Tapedeck model')
  await expect(page.locator('.react-flow__node')).toHaveCount(4)
  // The window asks where to save with a dialogue of the system.
  if (shell === 'desktop') return
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page
      .getByRole('button', { name: 'Model file and keys' })
      .click()
      .then(() => page.getByRole('menuitem', { name: 'Save as a file' }).click()),
  ])
  expect(download.suggestedFilename()).toBe('untitled-model.json')
  const parts: Buffer[] = []
  for await (const part of await download.createReadStream()) parts.push(part as Buffer)
  // With nothing selected the panel is about the model, and others.
  await page.locator('.react-flow__pane').click({ position: { x: 20, y: 20 } })
  await page.getByRole('button', { name: 'New model' }).click()
  await expect(page.getByText('Build a network')).toBeVisible()
  await drop('mine.json', Buffer.concat(parts).toString())
  await expect(page.locator('.react-flow__node')).toHaveCount(4)
})
