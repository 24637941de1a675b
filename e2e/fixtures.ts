/**
 * The same specs in both shells. A test gets `page`, opened on a workspace of its own, and `workbench` to close
 * and open it again on the same workspace. What a page logs as an error fails the test.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base, expect } from '@playwright/test'
import type { Page } from '@playwright/test'
import { openShell, type OpenShell, type ShellName } from './shells.ts'

export { expect }
export type { Page }

export interface ShellOptions {
  shell: ShellName
}

export interface RunningWorkbench {
  /** A folder that lasts as long as the test. */
  readonly workspace: string
  readonly page: Page
  readonly shell: OpenShell
  /** Ends the shell as a person would and waits until it has ended. */
  close(): Promise<void>
  /** Ends it without a warning, as a power cut would. */
  kill(): Promise<void>
  /** Opens it (again) on the same workspace; the page it returns replaces the one before. */
  open(): Promise<Page>
}

interface Fixtures extends ShellOptions {
  workbench: RunningWorkbench
  /** What the page logged as errors; empty at the end of a test unless it takes them out itself. */
  pageErrors: string[]
}

export const test = base.extend<Fixtures>({
  shell: ['browser', { option: true }],

  // Playwright reads which fixtures are needed from the destructured parameter.
  // eslint-disable-next-line no-empty-pattern
  pageErrors: async ({}, use) => {
    const errors: string[] = []
    await use(errors)
    expect(errors, 'the page logged errors').toEqual([])
  },

  workbench: async ({ shell, pageErrors }, use, info) => {
    const workspace = mkdtempSync(join(tmpdir(), 'tapedeck-e2e-'))
    let running: OpenShell | null = null
    const current = (): OpenShell => {
      if (running === null) throw new Error('[e2e] the workbench is closed; open() it first')
      return running
    }
    const workbench: RunningWorkbench = {
      workspace,
      get page() {
        return current().page
      },
      get shell() {
        return current()
      },
      async close() {
        await running?.close()
        running = null
      },
      async kill() {
        await running?.kill()
        running = null
      },
      async open() {
        if (running !== null) throw new Error('[e2e] the workbench is open already')
        running = await openShell(shell, workspace)
        watchErrors(running.page, pageErrors)
        // A key pressed before the page is drawn reaches nobody.
        await running.page.getByRole('navigation', { name: 'Pages' }).waitFor()
        return running.page
      },
    }
    await workbench.open()
    await use(workbench)
    if (running !== null && info.status !== info.expectedStatus) {
      const body = await current()
        .page.screenshot()
        .catch(() => null)
      if (body) await info.attach('page', { body, contentType: 'image/png' })
      await info.attach('output of the shell', { body: current().output(), contentType: 'text/plain' })
    }
    await workbench.close()
    rmSync(workspace, { recursive: true, force: true })
  },

  page: async ({ workbench }, use) => use(workbench.page),
})

function watchErrors(page: Page, errors: string[]): void {
  page.on('pageerror', (error) => errors.push(error.stack ?? error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text())
  })
}
