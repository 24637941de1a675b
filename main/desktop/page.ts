/**
 * Serves the page to the window from memory and disk, under an https origin that never leaves the process.
 *
 * Why not files: a file:// page has no headers (so no real Content-Security-Policy), no origin to keep things
 * under, and may read other files. Why not a scheme of our own: it must be registered before Electron is
 * ready, which an ES module that Electron loads late cannot promise. Answering https ourselves gives a secure,
 * standard origin at any time, and is also the wall: whatever else a page asks for over https is refused here.
 */
import { join } from 'node:path'
import { session, type Session } from 'electron'
import type { Refusal } from '../common/errors.ts'
import { pageHeaders } from '../shells/headers.ts'
import { refusalPage } from '../shells/refusalPage.ts'
import { readPageFile } from '../shells/staticFiles.ts'

const origin = 'https://tapedeck.localhost'

/** Links of the refusal page; the window follows none of them, it acts. */
export const retryAddress = `${origin}/retry`
export const chooseAddress = `${origin}/choose`

const refusalAddress = `${origin}/refusal`

/** Vite's address while developing with hot reload; loopback only. */
const development = /^http:\/\/(localhost|127\.0\.0\.1):\d+/.exec(
  process.env.ELECTRON_RENDERER_URL ?? '',
)?.[0]

export function pageAddress(refused: boolean): string {
  if (refused) return refusalAddress
  return development ?? `${origin}/`
}

/** True for the addresses that the window may ask for at all. */
function isOurs(url: string): boolean {
  const { protocol, origin: from } = new URL(url)
  if (['data:', 'blob:', 'devtools:'].includes(protocol)) return true
  return from === origin || (development !== undefined && from.replace(/^ws:/, 'http:') === development)
}

export async function servePage(options: {
  page: string
  profile: string
  refusal: () => Refusal | null
}): Promise<Session> {
  const own = session.fromPath(join(options.profile, 'page'))
  own.setPermissionRequestHandler((_contents, _permission, answer) => answer(false))
  own.setPermissionCheckHandler(() => false)
  own.setDevicePermissionHandler(() => false)
  own.on('will-download', (event, item) => {
    // The page saves what it made itself (a chart, a table) as a blob; it fetches nothing.
    if (!/^(blob|data):/.test(item.getURL())) event.preventDefault()
  })
  own.webRequest.onBeforeRequest((details, answer) => answer({ cancel: !isOurs(details.url) }))
  own.protocol.handle('https', async (request) => {
    const url = new URL(request.url)
    const headers = pageHeaders()
    if (url.origin !== origin) return new Response('', { status: 403 })
    const refusal = options.refusal()
    if (request.url === refusalAddress && refusal) {
      const html = refusalPage(refusal, [
        { label: 'Try again', href: retryAddress },
        { label: 'Choose another folder…', href: chooseAddress },
      ])
      return new Response(html, { headers: { ...headers, 'Content-Type': 'text/html; charset=utf-8' } })
    }
    const file = await readPageFile(options.page, url.pathname)
    if (file === null) return new Response('There is nothing here.', { status: 404, headers })
    return new Response(file.body, { headers: { ...headers, ...file.headers } })
  })
  return own
}
