/** The Data page: what a person brings is guessed, shown, changed, imported, checked up, trained on and read again. */
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, type Page } from './fixtures.ts'
import { houses, messages, pictures, put, stripes } from './madeData.ts'
import { goTo, lookAt } from './walk.ts'

const importButton = (page: Page) => page.getByRole('button', { name: 'Import', exact: true })
const card = (page: Page, title: string) =>
  page.locator('section').filter({ has: page.getByRole('heading', { name: title, exact: true }) })

test('pictures: seen before they are read, checked up, renamed, trained on, and read again', async ({
  page,
  workbench,
}) => {
  // Everything a person does with one folder: on a busy machine that takes longer than one test may.
  test.slow()
  const folder = await pictures(join(workbench.workspace, 'found', 'colours'))
  const shown = page.getByRole('list', { name: 'Preview of images' })

  await test.step('the guess says what it is and why, and shows the damaged one', async () => {
    await lookAt(page, folder)
    await expect(page.getByRole('heading', { name: 'Images, one folder per class' })).toBeVisible()
    await expect(card(page, 'What was found')).toContainText('2 folders with images, one per class')
    await expect(shown.getByRole('img')).not.toHaveCount(0)
    await expect(shown).toContainText('set aside')
  })

  await test.step('the preview follows the options; what is not allowed is marked', async () => {
    await page.getByRole('radio', { name: 'Stretch' }).click()
    await page.getByRole('textbox', { name: 'Image width' }).fill('12')
    await expect(shown).toContainText('→ 12 ×')
    await page.getByRole('textbox', { name: 'Image height' }).fill('5000')
    await expect(page.getByText('A whole number, 1 to 1,024.')).toBeVisible()
    await expect(importButton(page)).toBeDisabled()
    await page.getByRole('button', { name: '1 value is not allowed: show' }).click()
    await expect(page.getByRole('textbox', { name: 'Image height' })).toBeFocused()
    await page.getByRole('radio', { name: 'Keep' }).click()
    await page.getByRole('textbox', { name: 'Validation share' }).fill('30')
    await page.getByRole('textbox', { name: 'Most padding' }).fill('0')
    await expect(shown).toContainText('18 × 30')
  })

  await test.step('imported: parts, classes, what was set aside', async () => {
    // The height of a size that is not used is wrong still, and said.
    await page.getByRole('radio', { name: 'Stretch' }).click()
    await page.getByRole('textbox', { name: 'Image height' }).fill('16')
    await page.getByRole('textbox', { name: 'Image width' }).fill('16')
    await importButton(page).click()
    await expect(page.getByTestId('samples').getByRole('img').first()).toBeVisible()
    await expect(card(page, 'Set aside')).toContainText('broken.png')
    await card(page, 'Classes')
      .getByRole('button', { name: /^Show only red/ })
      .click()
    await expect(page.getByTestId('samples')).toHaveAttribute('aria-label', '15 samples')
    await page.getByRole('combobox', { name: 'Class of the samples' }).click()
    await page.getByRole('option', { name: 'blue' }).click()
    await expect(page.getByTestId('samples')).toHaveAttribute('aria-label', '15 samples')
  })

  await test.step('the check-up says what is wrong and opens the samples side by side', async () => {
    const findings = card(page, 'Check-up').getByRole('listitem')
    const conflict = findings.filter({ hasText: 'another class' })
    await expect(conflict.getByLabel('Warning')).toBeVisible()
    await conflict.getByRole('button', { name: /^Show the samples/ }).click()
    const group = page.getByRole('dialog').getByRole('region', { name: 'Group 1' })
    await expect(group.getByRole('img')).toHaveCount(2)
    await expect(group).toContainText('red')
    await expect(group).toContainText('blue')
    await page.keyboard.press('Escape')
    await expect(page.getByRole('dialog')).toHaveCount(0)
  })

  await test.step('renamed in place', async () => {
    const name = page.getByRole('textbox', { name: 'Name of the data set' })
    await name.fill('Warm and cold 冷暖')
    await name.press('Enter')
    await expect(page.getByRole('complementary', { name: 'Data sets' })).toContainText('Warm and cold 冷暖')
  })

  await test.step('two epochs', async () => {
    await goTo(page, 'Build')
    await page.getByRole('button', { name: /CNN/ }).first().click()
    await goTo(page, 'Train')
    await page.getByLabel('Epochs', { exact: true }).fill('2')
    await page.getByRole('button', { name: 'Start training' }).click()
    await expect(page.getByRole('region', { name: 'Run' })).toContainText('finished')
  })

  await test.step('the folder changes: it is said, read again, and what changed is told', async () => {
    for (const number of [200, 201, 202])
      put(folder, { [`red/new${number}.png`]: await stripes(number, 'red', [20, 20]) })
    rmSync(join(folder, 'blue', 'broken.png'))
    await goTo(page, 'Data')
    await expect(page.getByText('The source has changed since it was imported.')).toBeVisible()
    await page.getByRole('button', { name: 'Read it again' }).click()
    const changed = page.getByRole('status', { name: 'What changed' })
    await expect(changed).toContainText('3 samples are new')
    await expect(changed).toContainText('for the run trained on it')
    await expect(card(page, 'Set aside')).toHaveCount(0)
    await expect(page.getByRole('textbox', { name: 'Name of the data set' })).toHaveValue(
      'Warm and cold 冷暖',
    )
  })

  await test.step('the one before is removed; the page says which runs used it', async () => {
    await page
      .getByRole('complementary', { name: 'Data sets' })
      .getByRole('button', { name: /until/ })
      .click()
    await page.getByRole('button', { name: 'More' }).click()
    await page.getByRole('menuitem', { name: /Remove/ }).click()
    await expect(page.getByRole('dialog')).toContainText('1 run was trained on it')
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click()
    await expect(page.getByRole('complementary', { name: 'Data sets' }).getByRole('listitem')).toHaveCount(1)
  })
})

test('texts and a table: columns, tokens, lengths and kinds are chosen by sight', async ({
  page,
  workbench,
}) => {
  const folder = put(join(workbench.workspace, 'found'), {
    'messages.csv': messages(200),
    'houses.csv': houses(200),
  })

  await test.step('texts, token by token; a longest length says what it costs', async () => {
    await lookAt(page, join(folder, 'messages.csv'))
    await page
      .getByRole('button', { name: 'Read as: Texts with labels' })
      .or(page.getByRole('heading', { name: 'Texts with labels' }))
      .first()
      .click()
    const tokens = page.getByRole('list', { name: 'Preview of texts' })
    await expect(tokens).toContainText('prize')
    await expect(tokens.locator('[title^="id "]').first()).toBeVisible()
    await expect(page.getByText('of held-out tokens unknown')).toBeVisible()
    const effect = page.getByRole('status', { name: 'Effect of the longest text' })
    await expect(effect).toContainText('0 % of texts are cut')
    await page.getByRole('slider', { name: 'Longest text' }).press('Home')
    await expect(effect).toContainText('100 % of texts are cut')
    await page.getByRole('textbox', { name: 'Longest text' }).fill('12')
    await expect(effect).not.toContainText('100 % of texts are cut')
  })

  await test.step('another tokenizer, other tokens', async () => {
    const first = page.getByRole('list', { name: 'Preview of texts' }).locator('[title^="id "]').first()
    const word = await first.textContent()
    await page.getByRole('radio', { name: 'A character' }).click()
    await expect(first).toHaveText(/^.$/)
    expect(word?.length).toBeGreaterThan(1)
    await page.getByRole('radio', { name: 'As a file says' }).click()
    await expect(page.getByText('The path of a tokenizer.json.')).toBeVisible()
    await page.getByRole('radio', { name: 'A word', exact: true }).click()
    await importButton(page).click()
    await expect(card(page, 'Lengths')).toContainText('p90')
    await expect(card(page, 'How it was read')).toContainText('message → label')
  })

  await test.step('a table: a column as a category, one left out, another to predict', async () => {
    await lookAt(page, join(folder, 'houses.csv'))
    const columns = page.getByRole('list', { name: 'Columns' })
    await expect(columns.getByRole('checkbox', { name: 'Use column id' })).not.toBeChecked()
    await columns.getByRole('combobox', { name: 'Column rooms is read as' }).selectOption('category')
    await columns.getByRole('checkbox', { name: 'Use column area' }).uncheck()
    await page.getByRole('combobox', { name: 'Column to predict' }).click()
    await page.getByRole('option', { name: 'state' }).click()
    await page.getByText('Classes', { exact: true }).first().click()
    await expect(columns).toContainText('to predict')
    await importButton(page).click()
    await expect(card(page, 'How it was read')).toContainText('id, area')
    await expect(card(page, 'Classes')).toContainText('worn')
  })
})

test('an import is watched from elsewhere and cancelled; wrong files get a sentence where they were given', async ({
  page,
  workbench,
}) => {
  const found = put(join(workbench.workspace, 'found'), {
    'many.csv': messages(250_000),
    'note.xyz': 'nothing that is understood',
    'empty/.keep': '',
    'one/only/a.png': await stripes(1, 'red', [9, 9]),
  })

  await test.step('nothing wrong is swallowed', async () => {
    for (const [name, sentence] of [
      ['note.xyz', 'note.xyz'],
      ['one', 'one class'],
      ['missing', 'missing'],
    ] as const) {
      await lookAt(page, join(found, name))
      await expect(page.getByRole('alert').filter({ hasText: sentence })).toBeVisible()
      await expect(page.getByRole('alert')).not.toContainText('at Object')
    }
  })

  await test.step('progress goes on while another page is open; cancelled, nothing is left behind', async () => {
    await lookAt(page, join(found, 'many.csv'))
    await importButton(page).click()
    await expect(page.getByRole('progressbar', { name: 'Import' })).toBeVisible()
    await goTo(page, 'Train')
    await goTo(page, 'Data')
    await expect(page.getByRole('progressbar', { name: 'Import' })).toBeVisible()
    await page.getByRole('button', { name: 'Cancel' }).click()
    await expect(importButton(page)).toBeEnabled()
    await expect(page.getByRole('complementary', { name: 'Data sets' })).toHaveCount(0)
    await expect.poll(() => readdirSync(join(workbench.workspace, 'datasets'))).toEqual([])
  })
})

/** As the system does when something is let go over the window; what it is dragged from is not part of the page. */
async function drop(page: Page, path: string): Promise<void> {
  const session = await page.context().newCDPSession(page)
  const data = { items: [], files: [path], dragOperationsMask: 1 }
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await session.send('Input.dispatchDragEvent', { type, x: 600, y: 400, data })
  await session.detach()
}

test('a folder or a file dropped on the page, and the dialog of the system', async ({
  page,
  workbench,
  shell,
}) => {
  const found = put(join(workbench.workspace, 'found'), { 'messages.csv': messages(60) })
  const folder = await pictures(join(found, 'colours'), 4)
  await goTo(page, 'Data')

  if (shell === 'browser') {
    await test.step('a browser does not tell the path: the list of folders opens instead', async () => {
      await drop(page, folder)
      await expect(page.getByText('A browser does not tell where “colours” lies.')).toBeVisible()
      await expect(page.getByRole('dialog')).toContainText('Choose data on this machine')
      await page.keyboard.press('Escape')
    })
    await test.step('the list leads to a file', async () => {
      await page.getByRole('button', { name: 'Choose a folder or file…' }).click()
      await page.getByRole('textbox', { name: 'Folder', exact: true }).fill(found)
      await page.keyboard.press('Enter')
      await page.getByRole('option', { name: 'messages.csv' }).click()
      await page.getByRole('button', { name: 'Use this file' }).click()
      await expect(page.getByRole('heading', { name: 'Texts with labels' })).toBeVisible()
    })
    return
  }

  await test.step('a folder, dropped', async () => {
    await drop(page, folder)
    await expect(page.getByRole('heading', { name: 'Images, one folder per class' })).toBeVisible()
    await importButton(page).click()
    await expect(page.getByTestId('samples').getByRole('img').first()).toBeVisible()
  })
  await test.step('a file, dropped while a data set is looked at', async () => {
    await drop(page, join(found, 'messages.csv'))
    await expect(page.getByRole('heading', { name: 'Texts with labels' })).toBeVisible()
    await page.getByRole('button', { name: 'Back' }).click()
  })
  await test.step('the dialogs of the system: one for folders, one for files, and one that is cancelled', async () => {
    const answers = { openDirectory: folder, openFile: join(found, 'messages.csv') }
    await workbench.shell.electron!.evaluate(({ dialog }, chosen) => {
      let calls = 0
      dialog.showOpenDialog = ((_window: unknown, { properties = [] }: Electron.OpenDialogOptions) => {
        calls += 1
        const path = Object.entries(chosen).find(([kind]) => properties.some((one) => one === kind))?.[1]
        return Promise.resolve(
          calls === 1 || !path ? { canceled: true, filePaths: [] } : { canceled: false, filePaths: [path] },
        )
      }) as typeof dialog.showOpenDialog
    }, answers)
    await page.getByRole('button', { name: 'Add data' }).click()
    await page.getByRole('button', { name: 'Choose a folder…' }).click()
    await expect(page.getByRole('heading', { name: 'Add data' })).toBeVisible()
    await page.getByRole('button', { name: 'Choose a folder…' }).click()
    await expect(page.getByRole('heading', { name: 'Images, one folder per class' })).toBeVisible()
    await page.getByRole('button', { name: 'Back' }).click()
    await page.getByRole('button', { name: 'Add data' }).click()
    await page.getByRole('button', { name: 'Choose a file…' }).click()
    await expect(page.getByRole('heading', { name: 'Texts with labels' })).toBeVisible()
  })
})
