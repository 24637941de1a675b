/**
 * `npm run smoke`: the whole stack in under a minute, without a browser. The engine loads; the command line
 * trains one epoch on the digits sample and lists the run; the browser shell serves the page and answers.
 */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/websocket'
import type { ContractRouterClient } from '@orpc/contract'
import { WebSocket } from 'ws'
import { z } from 'zod'
import type { Contract } from '../main/common/api.ts'
import { projectRoot } from '../main/paths.ts'
import { startServer } from './shells.ts'

const workspace = mkdtempSync(join(tmpdir(), 'tapedeck-smoke-'))
const counts = { passed: 0, failed: 0 }

async function check(name: string, work: () => Promise<string>): Promise<void> {
  const started = Date.now()
  try {
    const said = await work()
    counts.passed++
    console.log(`ok      ${name}: ${said} (${((Date.now() - started) / 1000).toFixed(1)} s)`)
  } catch (error) {
    counts.failed++
    console.log(`FAILED  ${name}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** The JSON in the last line that a command prints. */
async function tapedeck(...args: string[]): Promise<unknown> {
  const script = join(projectRoot(), 'main', 'cli.ts')
  const all = [script, ...args, '--workspace', workspace, '--json']
  const { stdout } = await promisify(execFile)(process.execPath, all, { cwd: projectRoot(), timeout: 60_000 })
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')
}

function hold(condition: boolean, otherwise: string): void {
  if (!condition) throw new Error(otherwise)
}

const trained = z.object({
  runId: z.number(),
  status: z.literal('finished'),
  epochs: z.literal(1),
  metrics: z.object({ 'train/loss': z.number(), 'val/loss': z.number(), 'val/accuracy': z.number() }),
  seconds: z.number().positive(),
  samplesPerSecond: z.number().positive(),
})

await check('engine', async () => {
  const { engineInfo } = await import('../main/engine/index.ts')
  const { version, instructionSet, threads } = engineInfo()
  return `${version}, ${instructionSet}, ${threads} threads`
})

let runId = -1
await check('train', async () => {
  const args = ['train', '--model', 'digits-mlp', '--data', 'digits', '--epochs', '1', '--seed', '1']
  const result = trained.parse(await tapedeck(...args))
  runId = result.runId
  const accuracy = result.metrics['val/accuracy']
  hold(accuracy > 0.5, `validation accuracy is ${accuracy} after one epoch; guessing gives 0.1`)
  return `validation accuracy ${accuracy.toFixed(3)}, ${Math.round(result.samplesPerSecond)} samples/s`
})

await check('runs', async () => {
  const runs = z.array(z.object({ runId: z.number(), status: z.string() })).parse(await tapedeck('runs'))
  hold(runs.length === 1 && runs[0]?.runId === runId, `expected run ${runId}, got ${JSON.stringify(runs)}`)
  return `run ${runId} ${runs[0]?.status}`
})

await check('serve', async () => {
  const server = startServer(workspace)
  try {
    const link = new URL(await server.link)
    const entered = await fetch(link, { redirect: 'manual' })
    const cookie = entered.headers.get('set-cookie')?.split(';')[0] ?? ''
    const page = await fetch(link.origin, { headers: { cookie } })
    hold(page.status === 200, `the page answers ${page.status}`)
    hold((await page.text()).includes('<div id="root">'), 'the page is not ours')
    const socket = new WebSocket(`ws://${link.host}/rpc`, { headers: { cookie, origin: link.origin } })
    const client: ContractRouterClient<Contract> = createORPCClient(new RPCLink({ websocket: socket }))
    const runs = await client.runs.list()
    hold(runs[0]?.id === runId, `the browser shell does not know run ${runId}`)
    const { version } = await client.app.info()
    socket.close()
    return `Tapedeck ${version}, run ${runId} found again`
  } finally {
    await server.end('SIGTERM')
  }
})

rmSync(workspace, { recursive: true, force: true })
console.log(`${counts.passed} passed, ${counts.failed} failed`)
process.exitCode = counts.failed === 0 ? 0 : 1
