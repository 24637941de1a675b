/** Passes the port to the services on to the page, and the one thing about files that only Electron knows. */
import { contextBridge, ipcRenderer, webUtils } from 'electron'

contextBridge.exposeInMainWorld('tapedeckDesktop', true)
contextBridge.exposeInMainWorld('tapedeckPathOf', (file: File) => webUtils.getPathForFile(file))

ipcRenderer.on('tapedeck:port', (event) => {
  window.postMessage('tapedeck:port', window.location.origin, [...event.ports])
})
