/**
 * Importing a million rows: `node main/data/measure/rows.ts [--rows N] [--format csv|jsonl|parquet] [--tokenizer NAME]
 * [--folder DIR] [--parts read,import,cancel,kill]`. Generates the table, guesses it, imports it, imports it half-way and cancels, imports it half-way and
 * is killed; prints one JSON object with rows per second, peak memory of this process and of the whole, and the longest
 * time the thread was held.
 */
import { execFileSync, spawn } from 'node:child_process'
import { createWriteStream, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { parseArgs } from 'node:util'
import type { ImportOptions } from '../../common/data/options.ts'
import type { Progress } from '../../common/schemas.ts'
import { importDataset, inspect } from '../index.ts'
import { openRecords } from '../records/index.ts'

const { values: given } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    format: { type: 'string', default: 'csv' },
    tokenizer: { type: 'string', default: 'word' },
    folder: { type: 'string' },
    parts: { type: 'string', default: 'read,import,cancel,kill' },
    /** Of the process that is killed. */
    import: { type: 'string' },
  },
})
const count = Number(given.rows)
const wanted = new Set(given.parts.split(','))

/** Two columns; a third of the texts have quotes, a tenth line ends, all are different. */
function rowOf(index: number): { label: string; text: string } {
  const words = Array.from(
    { length: 4 + (index % 23) },
    (_, at) => `word${(index * 7919 + at * 104729) % 30011}`,
  )
  const said = index % 3 === 0 ? `she said "${words.slice(0, 2).join(' ')}", and ` : ''
  const text = `${said}${words.join(index % 10 === 0 ? '\n' : ' ')} ${index}`
  return { label: ['negative', 'neutral', 'positive'][(index * 31) % 3]!, text }
}

async function generate(path: string): Promise<void> {
  if (given.format === 'parquet') {
    // Of the development dependencies: only here and in tests.
    const { parquetWriteFile } = await import('hyparquet-writer')
    const rows = Array.from({ length: count }, (_, index) => rowOf(index))
    parquetWriteFile({
      filename: path,
      columnData: [
        { name: 'label', data: rows.map(({ label }) => label), type: 'STRING' },
        { name: 'text', data: rows.map(({ text }) => text), type: 'STRING' },
      ],
      rowGroupSize: 100_000,
    })
    return
  }
  const file = createWriteStream(path)
  const write = (text: string): Promise<void> | undefined =>
    file.write(text) ? undefined : new Promise((resolve) => file.once('drain', resolve))
  if (given.format === 'csv') await write('label,text\n')
  let part: string[] = []
  for (let index = 0; index < count; index += 1) {
    const { label, text } = rowOf(index)
    part.push(
      given.format === 'csv'
        ? `${label},"${text.replaceAll('"', '""')}"\n`
        : `${JSON.stringify({ label, text })}\n`,
    )
    if (part.length < 1000) continue
    await write(part.join(''))
    part = []
  }
  await write(part.join(''))
  await new Promise<void>((resolve) => file.end(() => resolve()))
}

interface Measured {
  seconds: number
  perSecond: number
  /** Of all threads of this process. */
  cpuSeconds: number
  /** Milliseconds; on a machine that does other work too, the second, in time of this thread's own work. */
  longestHold: number
  longestWork: number
  peakMegabytes: number
}

function threadMilliseconds(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

async function measured(rows: number, work: () => Promise<unknown>): Promise<Measured> {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  let peak = 0
  const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 100)
  let longestWork = 0
  let worked = threadMilliseconds()
  const turn = setInterval(() => {
    const now = threadMilliseconds()
    longestWork = Math.max(longestWork, now - worked)
    worked = now
  }, 1)
  const before = process.cpuUsage()
  const begin = performance.now()
  await work()
  const seconds = (performance.now() - begin) / 1000
  const { user, system } = process.cpuUsage(before)
  clearInterval(watch)
  clearInterval(turn)
  delay.disable()
  const round = (value: number): number => Math.round(value * 10) / 10
  return {
    seconds: round(seconds),
    perSecond: Math.round(rows / seconds),
    cpuSeconds: round((user + system) / 1e6),
    longestHold: round(delay.max / 1e6 - 1),
    longestWork: round(longestWork),
    peakMegabytes: Math.round(Math.max(peak, process.memoryUsage().rss) / 1e6),
  }
}

const chosen = async (path: string): Promise<ImportOptions> => {
  const { options, others } = await inspect(path)
  const texts = [options, ...others.map((other) => other.options)].find(
    ({ kind }) => kind === 'text-classes',
  )!
  const tokenizer = given.tokenizer as NonNullable<ImportOptions['text']>['tokenizer']
  return { ...texts, text: { ...texts.text!, tokenizer, vocabularySize: 8000 } }
}

if (given.import) {
  const [path = '', datasetsFolder = ''] = given.import.split('|')
  await importDataset(path, await chosen(path), {
    datasetsFolder,
    onProgress: ({ done }) => console.log(done),
  })
} else {
  const folder = given.folder ?? mkdtempSync(join(tmpdir(), 'tapedeck-rows-'))
  mkdirSync(folder, { recursive: true })
  const path = join(folder, `rows-${count}.${given.format}`)
  const datasetsFolder = join(folder, 'datasets')
  rmSync(datasetsFolder, { recursive: true, force: true })
  if (!existsSync(path)) await generate(path)
  const result: Record<string, unknown> = {
    rows: count,
    format: given.format,
    tokenizer: given.tokenizer,
    megabytes: Math.round(statSync(path).size / 1e6),
  }
  let options!: ImportOptions
  result.inspect = await measured(count, async () => (options = await chosen(path)))
  if (wanted.has('read'))
    result.read = await measured(count, async () => {
      let rows = 0
      for await (const { problem } of (await openRecords(path)).rows()) if (problem === null) rows += 1
      if (rows !== count) throw new Error(`${rows} of ${count} rows`)
    })
  if (wanted.has('import'))
    result.import = await measured(count, async () => {
      const dataset = await importDataset(path, options, { datasetsFolder })
      if (dataset.trainCount + dataset.validationCount !== count) throw new Error('rows are missing')
    })
  rmSync(datasetsFolder, { recursive: true, force: true })
  if (wanted.has('cancel')) result.cancelled = await cancelled(path, options, datasetsFolder)
  if (wanted.has('kill')) result.killed = await killed(path, datasetsFolder, options)
  console.log(JSON.stringify(result, null, 2))
  if (!given.folder) rmSync(folder, { recursive: true })
}

/** At half of the encoding, which comes last. */
function halfway({ done, total }: Progress): boolean {
  return total > 0 && done > total / 2
}

async function cancelled(path: string, options: ImportOptions, datasetsFolder: string): Promise<unknown> {
  const cancel = new AbortController()
  let at = 0
  const refused = await importDataset(path, options, {
    datasetsFolder,
    signal: cancel.signal,
    onProgress(progress) {
      if (at > 0 || !halfway(progress)) return
      at = performance.now()
      cancel.abort()
    },
  }).then(
    () => 'it went on',
    (error: Error) => error.name,
  )
  return { refused, milliseconds: Math.round(performance.now() - at), left: readdirSync(datasetsFolder) }
}

async function killed(path: string, datasetsFolder: string, options: ImportOptions): Promise<unknown> {
  const child = spawn(process.execPath, [import.meta.filename, '--import', `${path}|${datasetsFolder}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let last = 0
  let encoding = false
  await new Promise<void>((resolve) => {
    child.stdout.on('data', (text: Buffer) => {
      const done = Number(text.toString().trim().split('\n').at(-1))
      // Counted afresh from the second stage on.
      if (done < last) encoding = true
      last = done
      if (encoding && done > count / 2) child.kill('SIGKILL')
    })
    child.once('exit', () => resolve())
  })
  const left = readdirSync(datasetsFolder)
  const dataset = await importDataset(path, options, { datasetsFolder })
  const afterwards = readdirSync(datasetsFolder)
  return {
    left: left.length,
    thenClean: afterwards.length === 1 && afterwards[0] === dataset.id,
    megabytes: Number(execFileSync('du', ['-sm', datasetsFolder]).toString().split('\t')[0]),
  }
}
