/** Starts a shell on a workspace and gives the page in it. */
import { spawn, type ChildProcess } from 'node:child_process'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { _electron, chromium, errors, type ElectronApplication, type Page } from '@playwright/test'
import { projectRoot } from '../main/paths.ts'

export type ShellName = 'desktop' | 'browser'

export interface OpenShell {
  page: Page
  /** The Electron application; null in the browser shell. */
  electron: ElectronApplication | null
  /** Everything it printed so far. */
  output(): string
  close(): Promise<void>
  kill(): Promise<void>
}

const root = projectRoot()
const viewport = { width: 1440, height: 900 }

export function openShell(name: ShellName, workspace: string): Promise<OpenShell> {
  return name === 'desktop' ? openDesktop(workspace) : openBrowser(workspace)
}

/** Arguments that Electron needs here: root has no sandbox, a virtual screen has no GPU. */
export function electronArguments(workspace: string): string[] {
  const sandbox = process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : []
  return [...sandbox, '--disable-gpu', root, '--workspace', workspace]
}

export function electronPath(): string {
  return process.env.TAPEDECK_ELECTRON || (createRequire(import.meta.url)('electron') as string)
}

/**
 * Playwright connects while the window is being made, and about once in a hundred times waits for ever for a page that
 * is not there yet (microsoft/playwright#29386). The window itself is open by then; it is ended, and started again.
 */
async function launchElectron(workspace: string, tries = 3): Promise<ElectronApplication> {
  try {
    return await _electron.launch({
      executablePath: electronPath(),
      args: electronArguments(workspace),
      cwd: root,
      env: environment(),
      timeout: 20_000,
    })
  } catch (error) {
    if (tries === 1 || !(error instanceof errors.TimeoutError)) throw error
    return launchElectron(workspace, tries - 1)
  }
}

async function openDesktop(workspace: string): Promise<OpenShell> {
  const electron = await launchElectron(workspace)
  const child = electron.process()
  const output = collectOutput(child)
  const page = await electron.firstWindow()
  await page.waitForLoadState()
  return {
    page,
    electron,
    output,
    close: () => electron.close(),
    kill: () => ended(child, 'SIGKILL'),
  }
}

async function openBrowser(workspace: string): Promise<OpenShell> {
  const server = startServer(workspace)
  const url = await server.link
  const executablePath = process.env.TAPEDECK_CHROMIUM || '/usr/bin/chromium'
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
  const page = await browser.newPage({ viewport })
  await page.goto(url)
  return {
    page,
    electron: null,
    output: server.output,
    async close() {
      await browser.close()
      await server.end('SIGTERM')
    },
    async kill() {
      await browser.close()
      await server.end('SIGKILL')
    },
  }
}

export interface RunningServer {
  /** Resolves with the printed link; rejects with the output when the server ends before. */
  link: Promise<string>
  output(): string
  end(signal: NodeJS.Signals): Promise<void>
}

export function startServer(workspace: string, args: readonly string[] = []): RunningServer {
  const script = join(root, 'main', 'cli.ts')
  const child = spawn(process.execPath, [script, 'serve', '--port', '0', '--workspace', workspace, ...args], {
    cwd: root,
    env: environment(),
  })
  const output = collectOutput(child)
  const link = new Promise<string>((found, failed) => {
    child.stdout.on('data', () => {
      const url = /^Open (\S+)$/m.exec(output())?.[1]
      if (url !== undefined) found(url)
    })
    child.once('exit', (code) => failed(new Error(`[e2e] the server ended with ${code}:\n${output()}`)))
  })
  return { link, output, end: (signal) => ended(child, signal) }
}

/** As a person's shell has it: paths belong to the project's folder, not to where npm was called. */
function environment(): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && !/^(INIT_CWD|ELECTRON_RUN_AS_NODE)$/.test(entry[0]),
  )
  return Object.fromEntries(kept)
}

function collectOutput(child: ChildProcess): () => string {
  let text = ''
  const add = (chunk: Buffer): void => void (text += chunk.toString())
  child.stdout?.on('data', add)
  child.stderr?.on('data', add)
  return () => text
}

function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  return new Promise((done) => {
    if (child.exitCode !== null || child.signalCode !== null) return done()
    child.once('exit', () => done())
    child.kill(signal)
  })
}
