import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/websocket'
import { os } from '@orpc/server'
import { afterAll, afterEach, beforeEach, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { serveWorkbench, type Server } from './server.ts'
import type { Workbench } from './workbench.ts'

const folder = mkdtempSync(join(tmpdir(), 'tapedeck-server-'))
writeFileSync(join(folder, 'index.html'), '<title>page</title>')

// The shell knows nothing of the router but that it is one.
const router = { echo: os.handler(() => 'heard') } as unknown as Workbench['router']
const workbench: Workbench = { router, workspace: folder, holder: null, close: () => Promise.resolve() }

let server: Server
let origin: string
beforeEach(async () => {
  server = await serveWorkbench(workbench, { page: folder, port: 0 })
  origin = `http://127.0.0.1:${server.port}`
})
afterEach(() => server.close())
afterAll(() => rmSync(folder, { recursive: true }))

interface Answer {
  status: number
  headers: NodeJS.Dict<string | string[]>
  body: string
}

function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((done, failed) => {
    const call = request({ host: '127.0.0.1', port: server.port, path, headers, method }, (response) => {
      let body = ''
      response.on('data', (chunk: Buffer) => (body += chunk.toString()))
      response.on('end', () => done({ status: response.statusCode ?? 0, headers: response.headers, body }))
    })
    call.on('error', failed)
    call.end()
  })
}

const link = (): string => server.url.slice(origin.length)

async function cookie(): Promise<string> {
  const { headers } = await get(link())
  return String(headers['set-cookie']?.[0]).split(';')[0] ?? ''
}

it('exchanges the token for a strict cookie and takes it out of the address', async () => {
  const answer = await get(link())
  expect(answer.status).toBe(303)
  expect(answer.headers.location).toBe('/')
  expect(answer.headers['set-cookie']?.[0]).toMatch(/; Path=\/; HttpOnly; SameSite=Strict$/)
  const page = await get('/', { cookie: await cookie() })
  expect(page.status).toBe(200)
  expect(page.body).toBe('<title>page</title>')
})

it('takes a second step of its own where the strict cookie would not travel the redirect', async () => {
  const answer = await get(link(), { 'sec-fetch-site': 'cross-site' })
  expect(answer.status).toBe(200)
  expect(answer.body).toContain('url=/')
  expect(answer.headers['set-cookie']).toHaveLength(1)
})

it('shows nothing without the token, and says what to do', async () => {
  for (const path of ['/', '/index.html', '/?token=wrong', '/rpc']) {
    const answer = await get(path)
    expect(answer.status).toBe(403)
    expect(answer.body).toContain('needs the link')
    expect(answer.headers['set-cookie']).toBeUndefined()
  }
})

it('answers to no other name, whatever the token (DNS rebinding)', async () => {
  const answer = await get(link(), { host: `evil.example:${server.port}` })
  expect(answer.status).toBe(421)
  expect(answer.body).toContain('evil.example')
})

it('sends the same strict headers with every answer', async () => {
  for (const answer of [await get('/'), await get('/', { cookie: await cookie() })]) {
    expect(answer.headers['content-security-policy']).toContain("script-src 'self';")
    expect(answer.headers['content-security-policy']).toContain("default-src 'none'")
    expect(answer.headers['x-content-type-options']).toBe('nosniff')
  }
})

it('refuses to leave the page folder and anything but reading', async () => {
  const headers = { cookie: await cookie() }
  expect((await get('/..%2f..%2fetc/passwd', headers)).status).toBe(404)
  expect((await get('/', headers, 'POST')).status).toBe(405)
})

async function socketStatus(headers: Record<string, string>, path = '/rpc'): Promise<number> {
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}${path}`, { headers })
  return new Promise((done) => {
    socket.on('open', () => {
      socket.close()
      done(101)
    })
    socket.on('unexpected-response', (_, response) => done(response.statusCode ?? 0))
    socket.on('error', () => undefined)
  })
}

it('opens the socket to the page alone: cookie, Origin and Host must all be right', async () => {
  const good = { cookie: await cookie(), origin }
  expect(await socketStatus(good)).toBe(101)
  expect(await socketStatus({ origin })).toBe(403)
  expect(await socketStatus({ cookie: good.cookie })).toBe(403)
  expect(await socketStatus({ ...good, origin: 'http://evil.example' })).toBe(403)
  expect(await socketStatus({ ...good, origin: 'http://localhost:1' })).toBe(403)
  expect(await socketStatus({ ...good, host: `evil.example:${server.port}` })).toBe(403)
  expect(await socketStatus(good, '/other')).toBe(404)
})

it('speaks the contract over the socket', async () => {
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/rpc`, {
    headers: { cookie: await cookie(), origin },
  })
  const client = createORPCClient<{ echo: () => Promise<string> }>(new RPCLink({ websocket: socket }))
  expect(await client.echo()).toBe('heard')
  socket.close()
})

it('names a port that is taken', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as { port: number }
  await expect(serveWorkbench(workbench, { page: folder, port })).rejects.toMatchObject({
    code: 'server/port-taken',
    what: `Port ${port} on 127.0.0.1 is taken by another program.`,
  })
  other.close()
})

it('says so when an address is not of this machine', async () => {
  await expect(
    serveWorkbench(workbench, { page: folder, port: 0, host: '203.0.113.7' }),
  ).rejects.toMatchObject({
    code: 'server/address',
  })
})
