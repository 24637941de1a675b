/**
 * Who may talk to the browser shell. Loopback alone protects nobody: any page in any tab may send requests to
 * 127.0.0.1, and a name that resolves there (DNS rebinding) makes such a page "same origin". So every request
 * needs a known Host, every socket an Origin that is that host, and both a secret from the link.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { isIP } from 'node:net'
import { hostname, networkInterfaces } from 'node:os'

export function newToken(): string {
  return randomBytes(24).toString('base64url')
}

export function sameSecret(given: string | null | undefined, expected: string): boolean {
  if (!given) return false
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(expected))
}

/**
 * The names under which the server may be addressed. The port is not part of it: through `ssh -L` it is the
 * tunnel's. `bound` is the address it listens on; on all interfaces, every address and name of this machine.
 */
export function allowedNames(bound: string): Set<string> {
  const names = new Set(['127.0.0.1', 'localhost', '::1'])
  if (isLoopback(bound)) return names
  names.add(bound.toLowerCase())
  if (bound === '0.0.0.0' || bound === '::') {
    names.add(hostname().toLowerCase())
    for (const list of Object.values(networkInterfaces())) {
      for (const { address } of list ?? []) names.add(address.toLowerCase())
    }
  }
  return names
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}

/** The name in a Host header, without its port; null when it is not one. */
export function hostName(header: string | undefined): string | null {
  if (!header || !URL.canParse(`http://${header}`)) return null
  const url = new URL(`http://${header}`)
  if (url.host !== header.toLowerCase() && `${url.host}:80` !== header.toLowerCase()) return null
  return url.hostname.replace(/^\[|\]$/g, '')
}

export function hostIsAllowed(header: string | undefined, names: ReadonlySet<string>): boolean {
  const name = hostName(header)
  return name !== null && names.has(name)
}

/** A browser sends Origin with every WebSocket; it must be the page that this host itself served. */
export function originIsHost(origin: string | undefined, host: string | undefined): boolean {
  if (!origin || !host || !URL.canParse(origin)) return false
  const { host: from, protocol } = new URL(origin)
  return (protocol === 'http:' || protocol === 'https:') && from === host.toLowerCase()
}

export function cookieValue(header: string | undefined, name: string): string | null {
  for (const part of (header ?? '').split(';')) {
    const at = part.indexOf('=')
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim()
  }
  return null
}
