/**
 * The desktop shell: one window on one workspace. It opens the workbench, serves the page to the window and
 * hands it one MessagePort that speaks the contract; the window has no other way out.
 */
import { RPCHandler } from '@orpc/server/message-port'
import { app, MessageChannelMain, type BrowserWindow } from 'electron'
import { toRefusal, UserError, type Refusal } from './common/errors.ts'
import { installMenu } from './desktop/menu.ts'
import { choosePath, openInstead } from './desktop/folders.ts'
import { pageAddress, retryAddress, servePage, chooseAddress } from './desktop/page.ts'
import { prepareProfile } from './desktop/profile.ts'
import { watchThreads } from './desktop/threads.ts'
import { createWindow } from './desktop/window.ts'
import { surroundings, workspaceArgument } from './shells/options.ts'
import { openWorkbench, type Workbench } from './workbench.ts'

const workspace = workspaceArgument(process.argv.slice(1))
const { workerUrl, importerUrl, exchangerUrl, resources, page, preload } = surroundings(true)

let workbench: Workbench | null = null
let window: BrowserWindow | null = null

/** Milliseconds that quitting waits for the workbench: a checkpoint, then the database. */
const closeTimeout = 15_000

/** Milliseconds that what is left of the threads gets then. */
const threadTimeout = 3000

/** Milliseconds that a page which does not answer any more may hold up the end. */
const windowTimeout = 3000

const threads = watchThreads()
const profile = prepareProfile(workspace)
app.setName('Tapedeck')
app.setPath('userData', profile.folder)

if (profile.shared && !app.requestSingleInstanceLock()) {
  console.error(`The workspace ${workspace} is already open in a window; it comes to the front.`)
  app.exit(0)
} else {
  app.on('second-instance', () => {
    if (window?.isMinimized()) window.restore()
    window?.focus()
  })
  app.on('window-all-closed', () => app.quit())
  app.on('before-quit', closeFirst)
  // Not awaited here: Electron is not ready before its entry module has been evaluated to the end.
  app.whenReady().then(start, (error: unknown) => {
    console.error(error)
    app.exit(1)
  })
}

async function start(): Promise<void> {
  const served = await servePage({ page, profile: profile.folder, refusal: () => refusal })
  window = createWindow({
    session: served,
    profile: profile.folder,
    preload,
    onAction: (url) => {
      if (url === retryAddress) void open()
      if (url === chooseAddress) void openInstead(window)
    },
    onLoaded: connect,
  })
  installMenu(() => void openInstead(window))
  await open()
}

/** The reason why there is no workbench, shown in the window in its place. */
let refusal: Refusal | null = null

async function open(): Promise<void> {
  try {
    workbench ??= await openWorkbench({
      workspace,
      shell: 'desktop',
      workerUrl,
      importerUrl,
      exchangerUrl,
      resources,
      readWhenHeld: true,
      choosePath: (what) => choosePath(window, what),
    })
    refusal = null
  } catch (error) {
    if (!(error instanceof UserError)) console.error(error)
    refusal = toRefusal(error)
  }
  await window?.loadURL(pageAddress(refusal !== null)).catch((error: unknown) => console.error(error))
}

/** A new pair of ports for every load of the page; the pair of the page before closes with it. */
function connect(): void {
  if (!workbench || !window) return
  const { port1, port2 } = new MessageChannelMain()
  new RPCHandler(workbench.router).upgrade(port1, { context: {} })
  port1.start()
  window.webContents.postMessage('tapedeck:port', null, [port2])
}

/** Nothing is lost by quitting: training stops with a checkpoint first. */
function closeFirst(event: Electron.Event): void {
  if (!workbench) return
  event.preventDefault()
  const closing = workbench
  workbench = null
  void leave(closing)
}

async function leave(closing: Workbench): Promise<void> {
  const late = new Promise((done) => setTimeout(done, closeTimeout))
  await Promise.race([closing.close(), late]).catch((error: unknown) => console.error(error))
  // The process would wait without an end for a thread that cannot end; what is to be kept has been written.
  if (!(await threads.end(threadTimeout))) app.once('quit', () => process.kill(process.pid, 'SIGKILL'))
  // Again, and this time all the way: the window remembers its place when it closes.
  app.quit()
  setTimeout(() => app.exit(0), windowTimeout)
}
