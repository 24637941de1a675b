/** The system's dialogs for folders and files. */
import { app, dialog, type BrowserWindow } from 'electron'

/** Only macOS has one dialog for both. */
export async function choosePath(
  window: BrowserWindow | null,
  what: 'folder' | 'file',
  title?: string,
): Promise<string | null> {
  const options: Electron.OpenDialogOptions = {
    properties: what === 'file' ? ['openFile'] : ['openDirectory', 'createDirectory'],
    ...(title === undefined ? {} : { title }),
  }
  const { canceled, filePaths } = window
    ? await dialog.showOpenDialog(window, options)
    : await dialog.showOpenDialog(options)
  return canceled ? null : (filePaths[0] ?? null)
}

/** Starts again on another workspace: the window's profile belongs to the workspace, so a new process it is. */
export async function openInstead(window: BrowserWindow | null): Promise<void> {
  const folder = await choosePath(window, 'folder', 'Open workspace')
  if (folder === null) return
  const args = process.argv.slice(1)
  const at = args.findIndex((arg) => arg === '--workspace' || arg.startsWith('--workspace='))
  if (at >= 0) args.splice(at, args[at] === '--workspace' ? 2 : 1)
  app.relaunch({ args: [...args, '--workspace', folder] })
  app.quit()
}
