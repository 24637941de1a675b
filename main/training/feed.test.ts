/** Batches from the thread that prepares them: what comes, in which order, and how it ends. */
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { augmentationSchema, defaultTrainConfig, type TrainConfig } from '../common/training.ts'
import { exampleDataset } from '../common/data/datasetFixture.ts'
import { augment, fillOf } from '../data/images/augment.ts'
import { Batches } from './batches.ts'
import { feedOf, type Feed } from './feed.ts'
import type { TrainJob } from './protocol.ts'

const prefetchUrl = new URL('./prefetchWorker.ts', import.meta.url)
const augmentation = augmentationSchema.parse({
  flip: true,
  shift: 0.3,
  rotate: 30,
  colour: 0.2,
  cutout: 0.5,
})

// Colour images of two sizes, 12 of each.
const sizes = Array.from({ length: 24 }, (_, row) => (row % 2 === 0 ? [4, 6] : [5, 3])) as [number, number][]
const images = sizes.map(([height, width], row) =>
  Uint8Array.from({ length: 3 * height * width }, (_, at) => (row * 31 + at * 7) % 256),
)
const begins = images.map((_, row) => images.slice(0, row).reduce((sum, { length }) => sum + length, 0))

async function open(
  config: Partial<TrainConfig> = {},
): Promise<{ job: TrainJob; batches: Batches; feed: Feed; inputs: string }> {
  const datasetFolder = await mkdtemp(join(tmpdir(), 'tapedeck-feed-'))
  const inputs = join(datasetFolder, 'inputs.bin')
  await writeFile(inputs, Buffer.concat(images))
  const places = sizes.flatMap(([height, width], row) => [begins[row]!, height, width])
  await writeFile(join(datasetFolder, 'rows.bin'), BigInt64Array.from(places, BigInt))
  await writeFile(
    join(datasetFolder, 'labels.bin'),
    BigInt64Array.from(sizes, (_, row) => BigInt(row % 2)),
  )
  const dataset = exampleDataset({
    classes: ['a', 'b'].map((name) => ({ name, train: 12, validation: 0 })),
    sampleShape: [3, 'H', 'W'],
    storedDtype: 'uint8',
    trainCount: 24,
    validationCount: 0,
    mean: 100,
    std: 50,
    channels: [90, 100, 110].map((mean) => ({ mean, std: 50 })),
  })
  const whole = { ...defaultTrainConfig, batchSize: 5, augmentation, ...config }
  const job = { dataset, datasetFolder, config: whole } as unknown as TrainJob
  const batches = new Batches(dataset, datasetFolder)
  const feed = feedOf(job, batches, prefetchUrl)
  onTestFinished(async () => {
    await feed.close()
    batches.dispose()
    await rm(datasetFolder, { recursive: true })
  })
  return { job, batches, feed, inputs }
}

/** What a row's image becomes, computed here. */
function expected(job: TrainJob, epoch: number, row: number, key = row): number[] {
  const [height, width] = sizes[row]!
  const output = new Uint8Array(images[row]!.length)
  const occasion = { seed: job.config.seed, epoch, row: key }
  augment(images[row]!, { channels: 3, height, width }, augmentation, occasion, fillOf(job.dataset), output)
  return [...output]
}

test('every batch of every epoch comes in its order, changed as seed, epoch and row say', async () => {
  const { job, batches, feed } = await open()
  for (const epoch of [1, 2]) {
    const order = batches.epoch(job.config, epoch)
    expect(order.length).toBeGreaterThan(4)
    feed.announce(epoch, order)
    for (const rows of order) {
      const { images: given } = await feed.next(epoch, rows)
      expect(given?.shape).toEqual([3, ...sizes[rows[0]!]!])
      expect([...given!.bytes]).toEqual([...rows].flatMap((row) => expected(job, epoch, row)))
    }
  }
})

test('a row that balanced sampling draws again is changed otherwise', async () => {
  const { job, feed } = await open()
  const rows = Uint32Array.of(2, 4, 2)
  feed.announce(1, [rows])
  const { images: given } = await feed.next(1, rows)
  expect([...given!.bytes]).toEqual([
    ...expected(job, 1, 2),
    ...expected(job, 1, 4),
    ...expected(job, 1, 2, 2 + 24),
  ])
})

test('without augmentation nothing is prepared elsewhere; mixing alone needs no thread', async () => {
  const rows = Uint32Array.of(0, 2, 4)
  const plain = await open({ augmentation: null })
  expect(await plain.feed.next(1, rows)).toEqual({ rows, images: null, mix: null })
  const mixing = await open({ augmentation: augmentationSchema.parse({ mixup: 1 }) })
  const { images: none, mix } = await mixing.feed.next(1, rows)
  expect(none).toBeNull()
  expect(mix?.partners).toHaveLength(3)
})

test('data that is cut short fails the run with a sentence, at once or while it is waited for', async () => {
  const { job, batches, feed, inputs } = await open()
  await truncate(inputs, 40)
  const order = batches.epoch(job.config, 1)
  feed.announce(1, order)
  const all = async (): Promise<void> => {
    for (const rows of order) await feed.next(1, rows)
  }
  await expect(all()).rejects.toMatchObject({
    code: 'training/prefetch',
    what: expect.stringMatching(
      /stopped: the stored copy of the data set is cut short at byte \d+\./,
    ) as string,
  })
})

test('closing ends who waits, and may happen twice', async () => {
  const { job, batches, feed } = await open()
  const [rows] = batches.epoch(job.config, 1)
  feed.announce(1, [rows!])
  await feed.next(1, rows!)
  await feed.close()
  await feed.close()
  feed.announce(2, [rows!])
  await expect(feed.next(2, rows!)).rejects.toMatchObject({ code: 'training/prefetch' })
})
