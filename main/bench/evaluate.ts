/**
 * How long an evaluation of many samples takes, of a data set and of files, what the page waits for meanwhile, and how soon a
 * cancelled one ends.
 *
 *     node main/bench/evaluate.ts [IMAGES [ROWS]]
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import sharp from 'sharp'
import { drawPatterns, patternNames } from '../../resources/generator/patterns.ts'
import { houses } from '../../resources/generator/tables.ts'
import type { Dataset, Part } from '../common/data/dataset.ts'
import { resultOf } from '../common/resultOf.ts'
import type { Progress } from '../common/schemas.ts'
import { fitToData } from '../common/templates.ts'
import { dataShape } from '../common/trainable.ts'
import { Bench, template } from '../workbenchFixture.ts'

const [, , images = '10000', rows = '100000'] = process.argv
const folder = mkdtempSync(join(tmpdir(), 'tapedeck-bench-evaluate-'))
const bench = await Bench.open()
// The engine's worker keeps no process alive; waiting for it must.
const alive = setInterval(() => undefined, 60_000)
const { client } = bench

interface Where {
  runId: number
  path?: string
  split: Part
}

/** What somebody else who asks waits for, one question after the other, until told to stop. */
function askingMeanwhile(runId: number): () => Promise<number[]> {
  const waits: number[] = []
  let on = true
  const asking = (async () => {
    while (on) {
      const began = performance.now()
      await client.predict.ask({ runId, given: { kind: 'sample', row: 0 }, explain: null })
      waits.push(performance.now() - began)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  })()
  return async () => {
    on = false
    await asking
    return waits.toSorted((a, b) => a - b)
  }
}

async function measure(what: string, where: Where): Promise<void> {
  const held = monitorEventLoopDelay({ resolution: 5 })
  held.enable()
  const asked = askingMeanwhile(where.runId)
  const found = await resultOf(await client.predict.evaluate(where), () => undefined)
  held.disable()
  const waits = await asked()
  const samples =
    found.figures.task === 'regress' ? (found.figures.targets[0]?.samples ?? 0) : found.figures.samples
  const began = performance.now()
  await client.predict.evaluated({ id: found.id })
  const worst = performance.now() - began
  process.stdout.write(
    `${what}: ${samples} samples in ${found.seconds.toFixed(1)} s, ${Math.round(samples / found.seconds)} a second; ` +
      `main thread held ${ms(held.percentile(99) / 1e6)} (p99), ${ms(held.max / 1e6)} at most; ` +
      `another question answered in ${ms(at(waits, 0.5))} (median), ${ms(at(waits, 1))} at most; ` +
      `worst samples listed in ${ms(worst)}\n`,
  )
}

/** @param note of the progress at which it is cancelled */
async function cancel(what: string, where: Where, note: RegExp): Promise<void> {
  const stop = new AbortController()
  let cancelled = NaN
  const stream = await client.predict.evaluate(where, { signal: stop.signal })
  await resultOf(stream, (progress: Progress) => {
    if (!note.test(progress.note) || progress.done === 0 || stop.signal.aborted) return
    cancelled = performance.now()
    stop.abort()
  }).catch(() => undefined)
  const ended = performance.now() - cancelled
  await client.predict.ask({ runId: where.runId, given: { kind: 'sample', row: 0 }, explain: null })
  process.stdout.write(
    `${what}, cancelled: ended after ${ms(ended)}, the next question answered after ${ms(performance.now() - cancelled)}\n`,
  )
}

const ms = (milliseconds: number): string => `${milliseconds.toFixed(milliseconds < 10 ? 1 : 0)} ms`
const at = (sorted: readonly number[], share: number): number =>
  sorted[Math.floor(share * (sorted.length - 1))] ?? NaN

/** @returns the run */
async function trained(id: string, dataset: Dataset): Promise<number> {
  const runId = await bench.start(dataset, { epochs: 1 }, fitToData(template(id), dataShape(dataset)))
  await bench.ended(runId)
  return runId
}

async function imported(path: string): Promise<Dataset> {
  const { options } = await client.data.inspect({ path })
  return bench.importAs(path, options)
}

async function both(what: string, path: string, id: string): Promise<void> {
  const dataset = await imported(path)
  const runId = await trained(id, dataset)
  await measure(`${what}, imported`, { runId, split: 'all' })
  await measure(`${what}, from files`, { runId, path, split: 'all' })
  await cancel(`${what}, imported`, { runId, split: 'all' }, /Evaluating/)
  await cancel(`${what}, from files, while they are read`, { runId, path, split: 'all' }, /^(?!Evaluating)/)
}

const pictures = join(folder, 'pictures')
for (const name of patternNames) mkdirSync(join(pictures, name), { recursive: true })
for (const { name, index, picture } of drawPatterns(Math.ceil(Number(images) / patternNames.length), 1)) {
  const { width, height, pixels } = picture
  const png = sharp(pixels, { raw: { width, height, channels: 3 } }).png({ compressionLevel: 1 })
  await png.toFile(join(pictures, name, `${index}.png`))
}
await both('images of 24 to 64 pixels, CNN', pictures, 'cnn-any-size')

const table = join(folder, 'houses.csv')
writeFileSync(table, houses(Number(rows), 1))
await both('rows of 7 columns, MLP', table, 'tabular-mlp')

clearInterval(alive)
await bench.remove()
rmSync(folder, { recursive: true, force: true })
