/** The files of the built page, by the path of their address. */
import { readFile } from 'node:fs/promises'
import { extname, join, normalize, sep } from 'node:path'

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
}

export interface PageFile {
  body: Buffer<ArrayBuffer>
  headers: Record<string, string>
}

/** The path below `folder` that an address means, or null where it means nothing or leads outside. */
export function pathWithin(folder: string, pathname: string): string | null {
  let decoded: string
  try {
    decoded = decodeURIComponent(pathname)
  } catch {
    return null
  }
  if (decoded.includes('\0') || decoded.includes('\\')) return null
  const path = normalize(join(folder, decoded === '/' ? 'index.html' : decoded))
  return path.startsWith(normalize(folder) + sep) ? path : null
}

/** Reads a file of the page; null when there is none of that name. */
export async function readPageFile(folder: string, pathname: string): Promise<PageFile | null> {
  const path = pathWithin(folder, pathname)
  const type = path === null ? undefined : types[extname(path)]
  if (path === null || type === undefined) return null
  try {
    const body = await readFile(path)
    // Vite puts a hash of the content into the names in assets/; everything else may change under its name.
    const cache = pathname.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache'
    return { body, headers: { 'Content-Type': type, 'Cache-Control': cache } }
  } catch {
    return null
  }
}
