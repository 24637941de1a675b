/**
 * How long a large import takes and how long it holds the main thread: 50 event files of 100,000 points into a workspace,
 * out as one archive, and in again. Prints one JSON line.
 *
 *     node main/bench/exchange.ts [FILES [POINTS]]
 */
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { exportRequestSchema, importRequestSchema } from '../common/exchange/exchange.ts'
import type { Progress } from '../common/schemas.ts'
import { maskedCrc32c } from '../exchange/events/crc32c.ts'
import { exchangeInThread } from '../exchange/index.ts'
import { ExchangeService } from '../services/exchangeService.ts'
import { openStore } from '../store/index.ts'

const [, , files = '50', points = '100000'] = process.argv
const root = mkdtempSync(join(tmpdir(), 'tapedeck-exchange-bench-'))

/** One run as SummaryWriter writes it: `loss` at every step. */
function writeEvents(folder: string, run: number, count: number): void {
  const path = join(folder, `run-${run}`)
  mkdirSync(path, { recursive: true })
  const file = openSync(join(path, 'events.out.tfevents.1700000000.bench.0'), 'w')
  const tag = Buffer.from('loss')
  for (let step = 0, parts: Buffer[] = []; step < count; step++) {
    const value = Buffer.concat([
      Buffer.from([0x0a, tag.length]),
      tag,
      Buffer.from([0x15]),
      float(Math.exp(-step / 2e4) + Math.sin(step * 12.9898 * (run + 1)) / 10),
    ])
    const summary = Buffer.concat([Buffer.from([0x0a, value.length]), value])
    const head = Buffer.concat([
      Buffer.from([0x09]),
      double(1.7e9 + run + step / 50),
      Buffer.from([0x10]),
      varint(step),
    ])
    parts.push(record(Buffer.concat([head, Buffer.from([0x2a, summary.length]), summary])))
    if (parts.length === 10_000 || step === count - 1) {
      writeSync(file, Buffer.concat(parts))
      parts = []
    }
  }
  closeSync(file)
}

function record(data: Buffer): Buffer {
  const head = Buffer.alloc(12)
  head.writeUInt32LE(data.length, 0)
  head.writeUInt32LE(maskedCrc32c(head.subarray(0, 8)), 8)
  const foot = Buffer.alloc(4)
  foot.writeUInt32LE(maskedCrc32c(data))
  return Buffer.concat([head, data, foot])
}

function float(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeFloatLE(value)
  return bytes
}

function double(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleLE(value)
  return bytes
}

function varint(value: number): Buffer {
  const bytes = []
  for (let left = value; ; left = Math.floor(left / 128)) {
    if (left < 128) return Buffer.from([...bytes, left])
    bytes.push((left % 128) | 128)
  }
}

async function measured<T>(
  task: AsyncGenerator<Progress, T>,
): Promise<{ result: T; seconds: number; held: number; told: number }> {
  const delay = monitorEventLoopDelay({ resolution: 5 })
  delay.enable()
  const began = performance.now()
  let told = 0
  for (;;) {
    const next = await task.next()
    if (!next.done) {
      told++
      continue
    }
    delay.disable()
    const seconds = Math.round((performance.now() - began) / 10) / 100
    return { result: next.value, seconds, held: Math.round(delay.max / 1e6), told }
  }
}

function serviceIn(workspace: string) {
  const store = openStore(workspace, 'test')
  const exchanger = exchangeInThread(new URL('../exchange/exchangeWorker.ts', import.meta.url))
  const checkpointFolder = (runId: number): string => join(workspace, 'checkpoints', String(runId))
  const service = new ExchangeService({
    version: 'bench',
    workspace,
    store,
    training: { checkpointFolder },
    exchanger,
  })
  return { store, service }
}

try {
  const source = join(root, 'runs')
  for (let run = 0; run < Number(files); run++) writeEvents(source, run, Number(points))
  const first = serviceIn(join(root, 'first'))
  const events = await measured(first.service.import(importRequestSchema.parse({ path: source })))
  const path = join(root, 'all.tapedeck')
  const runIds = events.result.runs.map(({ id }) => id)
  const out = await measured(
    first.service.export(exportRequestSchema.parse({ runIds, path, format: 'archive' })),
  )
  first.store.close()
  const second = serviceIn(join(root, 'second'))
  const back = await measured(second.service.import(importRequestSchema.parse({ path })))
  second.store.close()
  const figures = ({ seconds, held, told }: { seconds: number; held: number; told: number }): object => ({
    seconds,
    longestHeldMilliseconds: held,
    timesTold: told,
  })
  process.stdout.write(
    `${JSON.stringify({
      runs: events.result.runs.length,
      points: events.result.points,
      importEvents: figures(events),
      exportArchive: { ...figures(out), bytes: statSync(path).size },
      importArchive: { ...figures(back), points: back.result.points },
      peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
    })}\n`,
  )
} finally {
  rmSync(root, { recursive: true, force: true })
}
