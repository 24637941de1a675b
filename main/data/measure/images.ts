/**
 * Measures the import of a large folder of images; see README.md. Starts itself again for each part, so that memory and
 * event loop are those of an import alone.
 */
import { execFileSync, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { parseArgs } from 'node:util'
import sharp from 'sharp'
import { plainOptions } from '../../common/data/options.ts'
import type { ImportOptions } from '../../common/data/options.ts'
import { stream, uniform } from '../../common/random.ts'
import { importDataset } from '../index.ts'
import { decodeLimit, inOrder } from '../parallel.ts'

const classes = 10
const options: ImportOptions = {
  ...plainOptions,
  kind: 'image-folder',
  name: 'measured',
  image: { sizing: 'resize', height: 64, width: 64, channels: 3, longestSide: 160, mostPadding: 0.1 },
}

const { values } = parseArgs({
  options: {
    images: { type: 'string', default: '50000' },
    folder: { type: 'string', default: join(tmpdir(), 'tapedeck-measure') },
    part: { type: 'string' },
  },
})
const count = Number(values.images)
const source = join(values.folder, `images-${count}`)
const datasetsFolder = join(values.folder, 'datasets')

/** JPEGs of 96 to 256 pixels a side, all different: colours that blend, and some noise. */
async function make(): Promise<void> {
  if (existsSync(join(source, 'whole'))) return
  for (let index = 0; index < classes; index += 1) await mkdir(join(source, `${index}`), { recursive: true })
  const numbers = Array.from({ length: count }, (_, item) => item)
  for await (const item of inOrder(numbers, 8, writeImage))
    if (item % 5000 === 0) console.error(`${item} of ${count} images made`)
  await writeFile(join(source, 'whole'), '')
}

async function writeImage(item: number): Promise<number> {
  const next = stream(1, item)
  const cells = Buffer.from(Array.from({ length: 12 * 12 * 3 }, () => Math.floor(256 * uniform(next))))
  const [width, height] = [96 + Math.floor(160 * uniform(next)), 96 + Math.floor(160 * uniform(next))]
  await sharp(cells, { raw: { width: 12, height: 12, channels: 3 } })
    .resize(width, height, { fit: 'fill', kernel: 'cubic' })
    .jpeg({ quality: 85 })
    .toFile(join(source, `${item % classes}`, `${item}.jpg`))
  return item
}

/** Imports, telling how far it is; runs in a process of its own. */
async function importing(cancelAt: number): Promise<void> {
  const delay = monitorEventLoopDelay({ resolution: 5 })
  delay.enable()
  const abort = new AbortController()
  const began = performance.now()
  const stages: Record<string, number> = {}
  let last = { note: '', at: began }
  try {
    const dataset = await importDataset(source, options, {
      datasetsFolder,
      signal: abort.signal,
      onProgress({ done, total, note }) {
        const now = performance.now()
        stages[last.note] = (stages[last.note] ?? 0) + (now - last.at) / 1000
        last = { note, at: now }
        if (note !== 'Decoding images') return
        console.log(`progress ${done / total}`)
        if (done / total >= cancelAt) abort.abort()
      },
    })
    const seconds = (performance.now() - began) / 1000
    const { trainCount, validationCount, testCount } = dataset
    const all = trainCount + validationCount + testCount
    report({ images: all, seconds, perSecond: all / seconds, stages })
  } catch (error) {
    if (!abort.signal.aborted) throw error
    report({ cancelled: (performance.now() - began) / 1000 })
  }
  delay.disable()
  report({ held: { max: delay.max / 1e6, p99: delay.percentile(99) / 1e6 } })
}

/** The decoder alone on the same files: read, decoded, stretched; nothing hashed, sent or written. */
async function decoding(): Promise<void> {
  sharp.cache(false)
  const few = Math.min(count, 5000)
  const numbers = Array.from({ length: few }, (_, at) => Math.floor((at * count) / few))
  const began = performance.now()
  const work = async (item: number): Promise<number> => {
    const bytes = await readFile(join(source, `${item % classes}`, `${item}.jpg`))
    const { data } = await sharp(bytes)
      .resize(64, 64, { fit: 'fill' })
      .raw()
      .toBuffer({ resolveWithObject: true })
    return data.length
  }
  for await (const length of inOrder(numbers, decodeLimit, work))
    if (length !== 64 * 64 * 3) throw new Error('decoded to another size')
  const seconds = (performance.now() - began) / 1000
  report({ decoderAlone: few / seconds })
}

const report = (facts: object): void => console.log(JSON.stringify(facts))

interface Outcome {
  code: number | null
  /** Bytes that all its processes held together, at most. */
  peak: number
}

/** Runs a part, watches its memory, and kills it when it is told to. */
async function run(part: string, killAt = Infinity): Promise<Outcome> {
  const child = spawn(process.execPath, [import.meta.filename, ...process.argv.slice(2), '--part', part], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let peak = 0
  const watch = setInterval(() => (peak = Math.max(peak, memoryOf(child.pid!))), 250)
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    for (const line of text.split('\n').filter(Boolean)) {
      if (!line.startsWith('progress')) console.log(`${part}: ${line}`)
      else if (Number(line.split(' ')[1]) >= killAt) child.kill('SIGKILL')
    }
  })
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  clearInterval(watch)
  console.log(`${part}: ended with ${code ?? 'a kill'}, peak memory ${(peak / 1e6).toFixed(0)} MB`)
  return { code, peak }
}

/** Resident memory of a process and all below it. */
function memoryOf(root: number): number {
  const rows = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,rss='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number) as [number, number, number])
  const family = new Set([root])
  for (let size = 0; size !== family.size;) {
    size = family.size
    for (const [pid, parent] of rows) if (family.has(parent)) family.add(pid)
  }
  return rows.reduce((sum, [pid, , kilobytes]) => sum + (family.has(pid) ? 1024 * kilobytes : 0), 0)
}

const left = async (): Promise<string[]> => (existsSync(datasetsFolder) ? readdir(datasetsFolder) : [])

async function all(): Promise<void> {
  await make()
  await rm(datasetsFolder, { recursive: true, force: true })
  await run('decode')
  await run('cancel')
  console.log(`left after cancelling: ${(await left()).join(', ') || 'nothing'}`)
  await run('import', 0.5)
  console.log(`left after killing: ${(await left()).join(', ')}`)
  const { code } = await run('import')
  console.log(`left after importing again: ${(await left()).join(', ')}`)
  process.exitCode = code ?? 1
}

const parts: Record<string, () => Promise<void>> = {
  decode: decoding,
  cancel: () => importing(0.5),
  import: () => importing(Infinity),
}
await (values.part === undefined ? all() : parts[values.part]!())
