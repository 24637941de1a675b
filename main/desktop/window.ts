/** The window: sandboxed, going nowhere, remembering where it stood. */
import { BrowserWindow, nativeTheme, screen, type Session } from 'electron'
import { readWindowState, rememberWindowState } from './windowState.ts'

export interface WindowOptions {
  session: Session
  profile: string
  /** Path of the preload script. */
  preload: string
  /** A link of ours was followed; see page.ts. */
  onAction: (url: string) => void
  onLoaded: () => void
}

export function createWindow({
  session,
  profile,
  preload,
  onAction,
  onLoaded,
}: WindowOptions): BrowserWindow {
  const state = readWindowState(
    profile,
    screen.getAllDisplays().map((display) => display.workArea),
  )
  const window = new BrowserWindow({
    ...state.bounds,
    minWidth: 900,
    minHeight: 600,
    show: false,
    title: 'Tapedeck',
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#16181d' : '#ffffff',
    webPreferences: {
      session,
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
    },
  })
  if (state.maximized) window.maximize()
  window.once('ready-to-show', () => window.show())
  rememberWindowState(window, profile)

  const contents = window.webContents
  contents.setWindowOpenHandler(() => ({ action: 'deny' }))
  contents.on('will-navigate', (event) => {
    event.preventDefault()
    onAction(event.url)
  })
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.on('did-finish-load', onLoaded)
  contents.on('render-process-gone', (_event, { reason }) => {
    // Training goes on in the engine worker; a page that crashed is drawn again from the store.
    if (reason !== 'clean-exit') contents.reload()
  })
  return window
}
