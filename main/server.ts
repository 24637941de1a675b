/**
 * The browser shell: the workbench over HTTP (the page's files) and one WebSocket (the contract). It listens on
 * loopback unless told otherwise, and answers only to who has the link with its token; see shells/access.ts.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { RPCHandler } from '@orpc/server/ws'
import { WebSocketServer } from 'ws'
import { UserError } from './common/errors.ts'
import {
  allowedNames,
  cookieValue,
  hostIsAllowed,
  isLoopback,
  newToken,
  originIsHost,
  sameSecret,
} from './shells/access.ts'
import { pageHeaders } from './shells/headers.ts'
import { keepAlive } from './shells/keepAlive.ts'
import { refusalPage } from './shells/refusalPage.ts'
import { readPageFile } from './shells/staticFiles.ts'
import type { Workbench } from './workbench.ts'

export const defaultPort = 8273

export interface ServerOptions {
  /** The built page. */
  page: string
  host?: string
  /** Without one, `defaultPort` or, when that is taken, any free one. 0: any free one. */
  port?: number
  /** The secret of the link; a new one without it. */
  token?: string
  /** Answers a request for a file in place of the built page: hot reload in development. */
  development?: (server: ReturnType<typeof createServer>) => Promise<FileHandler>
}

export type FileHandler = (request: IncomingMessage, response: ServerResponse) => void

export interface Server {
  /** The link to open, with the token. */
  url: string
  port: number
  close(): Promise<void>
}

const largestMessage = 64 * 1024 * 1024

/** Milliseconds that closing waits for the other ends. */
const goodbye = 300

/** @throws UserError `server/port-taken`, `server/address` */
export async function serveWorkbench(workbench: Workbench, options: ServerOptions): Promise<Server> {
  const host = options.host ?? '127.0.0.1'
  const token = options.token ?? newToken()
  const names = allowedNames(host)
  const http = createServer()
  const port = await listen(http, host, options.port)
  // A cookie belongs to a host and not to a port: two workbenches must not overwrite each other's.
  const cookie = `tapedeck_${port}`
  const fileHandler = await options.development?.(http)
  const headers = pageHeaders(fileHandler !== undefined)

  const mayEnter = (request: IncomingMessage): boolean =>
    hostIsAllowed(request.headers.host, names) &&
    sameSecret(cookieValue(request.headers.cookie, cookie), token)

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
    if (!hostIsAllowed(request.headers.host, names)) return refuse(response, 421, strangeHost(request))
    const url = new URL(request.url ?? '/', 'http://page')
    if (url.pathname === '/' && sameSecret(url.searchParams.get('token'), token)) {
      response.setHeader('Set-Cookie', `${cookie}=${token}; Path=/; HttpOnly; SameSite=Strict`)
      return leaveToken(request, response)
    }
    if (!mayEnter(request)) return refuse(response, 403, needsLink)
    if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(response, 405, onlyReading)
    if (fileHandler) return fileHandler(request, response)
    const file = await readPageFile(options.page, url.pathname)
    if (file === null) return refuse(response, 404, nothingHere(url.pathname))
    response.writeHead(200, { ...file.headers, 'Content-Length': file.body.length })
    response.end(request.method === 'HEAD' ? undefined : file.body)
  }
  http.on('request', (request, response) => {
    answer(request, response).catch((error: unknown) => {
      console.error(error)
      response.destroy()
    })
  })

  const connections = new Set<Socket>()
  http.on('connection', (socket) => {
    connections.add(socket)
    socket.once('close', () => connections.delete(socket))
  })

  const sockets = new WebSocketServer({ noServer: true, maxPayload: largestMessage })
  const handler = new RPCHandler(workbench.router)
  http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // Vite answers its own sockets; it takes part in development only.
    if (fileHandler && request.headers['sec-websocket-protocol']?.startsWith('vite')) return
    const { pathname } = new URL(request.url ?? '/', 'http://page')
    const allowed = mayEnter(request) && originIsHost(request.headers.origin, request.headers.host)
    if (pathname !== '/rpc' || !allowed) {
      socket.end(`HTTP/1.1 ${allowed ? '404 Not Found' : '403 Forbidden'}\r\nConnection: close\r\n\r\n`)
      return
    }
    sockets.handleUpgrade(request, socket, head, (websocket) => {
      keepAlive(websocket)
      void handler.upgrade(websocket, { context: {} })
    })
  })

  return {
    url: `http://${linkName(host)}:${port}/?token=${token}`,
    port,
    close: () =>
      new Promise((done) => {
        for (const websocket of sockets.clients) websocket.close(1001, 'Tapedeck is closing')
        http.close(() => done())
        http.closeIdleConnections()
        // A WebSocket is no connection of HTTP any more; one that does not say goodbye would hold up the end.
        setTimeout(() => connections.forEach((socket) => socket.destroy()), goodbye)
      }),
  }
}

async function listen(http: ReturnType<typeof createServer>, host: string, port?: number): Promise<number> {
  const attempt = (number: number): Promise<void> =>
    new Promise((done, failed) => {
      http.once('error', failed)
      http.listen(number, host, () => {
        http.off('error', failed)
        done()
      })
    })
  try {
    await attempt(port ?? defaultPort)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const taken = code === 'EADDRINUSE' || code === 'EACCES'
    if (taken && port === undefined) await attempt(0)
    else if (taken) {
      throw new UserError({
        code: 'server/port-taken',
        what: `Port ${port} on ${host} ${code === 'EACCES' ? 'may not be used by this account' : 'is taken by another program'}.`,
        mend: 'Choose another with --port, or leave --port out to get a free one.',
      })
    } else {
      throw new UserError({
        code: 'server/address',
        what: `Cannot listen on ${host} (${code ?? String(error)}).`,
        mend: 'Give --host an address of this machine, such as 127.0.0.1.',
      })
    }
  }
  return (http.address() as AddressInfo).port
}

/** The name to put into the link: an address that means "all interfaces" leads nowhere. */
function linkName(host: string): string {
  if (host === '0.0.0.0' || host === '::' || isLoopback(host)) return host === '::1' ? '[::1]' : '127.0.0.1'
  return host.includes(':') ? `[${host}]` : host
}

/**
 * Takes the token out of the address. A link that was followed from another site arrives in a chain of
 * redirects that the strict cookie does not travel; there a page of our own takes the second step.
 */
function leaveToken(request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('Cache-Control', 'no-store')
  if (request.headers['sec-fetch-site'] !== 'cross-site') {
    response.writeHead(303, { Location: '/' }).end()
    return
  }
  response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' })
  response.end('<!doctype html><title>Tapedeck</title><meta http-equiv="refresh" content="0;url=/">')
}

interface Sentence {
  what: string
  mend: string
}

const needsLink: Sentence = {
  what: 'This page needs the link that Tapedeck printed.',
  mend: 'Open the link with ?token= from the terminal where it was started; it is new at every start.',
}
const onlyReading: Sentence = { what: 'Only reading is possible here.', mend: 'Open the page in a browser.' }

const nothingHere = (pathname: string): Sentence => ({
  what: `There is nothing at ${pathname}.`,
  mend: 'Open the page at /.',
})

const strangeHost = (request: IncomingMessage): Sentence => ({
  what: `This server does not answer to the name ${request.headers.host ?? '(none)'}.`,
  mend: 'Use the link it printed; to reach it under another address, start it with --host.',
})

function refuse(response: ServerResponse, status: number, sentence: Sentence): void {
  response.writeHead(status, { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store' })
  response.end(refusalPage(sentence))
}
