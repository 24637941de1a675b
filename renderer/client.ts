/**
 * The typed client of the services. In the desktop window it speaks over the MessagePort that the preload
 * script hands over; in a browser over a WebSocket to `/rpc` on the page's own origin, reopened when lost.
 */
import { createORPCClient, type ClientContext, type ClientLink, type ClientOptions } from '@orpc/client'
import { RPCLink as PortLink } from '@orpc/client/message-port'
import { RPCLink as SocketLink } from '@orpc/client/websocket'
import type { ContractRouterClient } from '@orpc/contract'
import type { Contract } from '../main/common/api.ts'
import { useConnection } from './state/connection.ts'

type Link = ClientLink<ClientContext>

declare global {
  interface Window {
    /** Set by the preload script of the desktop shell. */
    tapedeckDesktop?: boolean
    /** Desktop only: the path of a file dropped on the window, '' where it has none. */
    tapedeckPathOf?: (file: File) => string
  }
}

interface Opening {
  promise: Promise<Link>
  resolve: (link: Link) => void
}

function opening(): Opening {
  let resolve: (link: Link) => void = () => undefined
  const promise = new Promise<Link>((done) => (resolve = done))
  return { promise, resolve }
}

/** Resolves with the open link; a new promise stands here while the connection is lost. */
let open = opening()

function opened(link: Link): void {
  open.resolve(link)
  useConnection.getState().opened()
}

function closed(): void {
  open = opening()
}

/** Listens for the preload's port. Must run before the page's `load` event: the port comes once. */
function connectPort(): void {
  window.addEventListener('message', (event: MessageEvent<unknown>) => {
    const port = event.ports[0]
    if (event.source !== window || event.data !== 'tapedeck:port' || !port) return
    port.addEventListener('close', () => {
      closed()
      useConnection.getState().lost(null)
    })
    const link = new PortLink({ port })
    port.start()
    opened(link)
  })
}

const longestWait = 5000

function connectSocket(attempt = 0): void {
  const address = new URL('rpc', window.location.href)
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:'
  address.search = ''
  address.hash = ''
  const socket = new WebSocket(address)
  let wasOpen = false
  socket.addEventListener('open', () => {
    wasOpen = true
    opened(new SocketLink({ websocket: socket }))
  })
  socket.addEventListener('close', () => {
    if (wasOpen) closed()
    const next = wasOpen ? 0 : attempt + 1
    const wait = Math.min(longestWait, 400 * 2 ** next)
    useConnection.getState().lost(Date.now() + wait)
    setTimeout(() => connectSocket(next), wait)
  })
}

export function connect(): void {
  if (window.tapedeckDesktop) connectPort()
  else connectSocket()
}

/** Waits for the connection, then calls; so the page may ask before the port has arrived. */
const link: Link = {
  call: async (path: readonly string[], input: unknown, options: ClientOptions<ClientContext>) =>
    (await open.promise).call(path, input, options),
}

export const client: ContractRouterClient<Contract> = createORPCClient(link)
