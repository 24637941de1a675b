/**
 * Training throughput with and without augmentation, prepared by a thread or by the loop itself, and how fast the data
 * come when nothing is trained:
 * `node main/training/measureFeed.ts DATASET_FOLDER [SECONDS]` (a folder of a workspace's `datasets/`).
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { augmentationSchema, defaultTrainConfig, type Augmentation } from '../common/training.ts'
import { datasetSchema } from '../common/data/dataset.ts'
import { fitToData, templates } from '../common/templates.ts'
import { dataShape } from '../common/trainable.ts'
import { augment, fillOf } from '../data/images/augment.ts'
import { manualSeed, scope } from '../engine/index.ts'
import { Batches } from './batches.ts'
import { feedOf, type Feed, type Prepared } from './feed.ts'
import { Model } from './model.ts'
import { objectiveOf } from './objective.ts'
import { makeOptimizer } from './optimizer.ts'
import type { TrainJob } from './protocol.ts'

const folder = process.argv[2] ?? ''
const seconds = Number(process.argv[3] ?? 10)
const dataset = datasetSchema.parse(JSON.parse(readFileSync(join(folder, 'dataset.json'), 'utf8')))
const found = templates(dataShape(dataset)).find(({ id }) => id === 'cnn-any-size')
if (!found) throw new Error('no template cnn-any-size')
const document = fitToData(found.document, dataShape(dataset))
const everything = augmentationSchema.parse({ flip: true, shift: 0.1, rotate: 15, colour: 0.2, cutout: 0.3 })
const stored = readFileSync(join(folder, 'inputs.bin'))

/** What the thread does, done by the loop: for comparison only. */
function ownFeed(batches: Batches, augmentation: Augmentation): Feed {
  return {
    announce: () => undefined,
    close: () => Promise.resolve(),
    next: (epoch, rows) => {
      const { shape } = batches.placeOf(rows[0] ?? 0)
      const [channels = 1, height = 1, width = 1] = shape
      const size = channels * height * width
      const bytes = new Uint8Array(rows.length * size)
      rows.forEach((row, at) => {
        const { begin } = batches.placeOf(row)
        const output = bytes.subarray(at * size, (at + 1) * size)
        const occasion = { seed: 1, epoch, row }
        augment(
          stored.subarray(begin, begin + size),
          { channels, height, width },
          augmentation,
          occasion,
          fillOf(dataset),
          output,
        )
      })
      return Promise.resolve({ rows, images: { bytes, shape }, mix: null } satisfies Prepared)
    },
  }
}

interface Way {
  augmentation: Augmentation | null
  /** Whether the loop augments by itself. */
  own?: boolean
  trains?: boolean
}

async function measure(name: string, { augmentation, own = false, trains = true }: Way): Promise<void> {
  manualSeed(1)
  const config = { ...defaultTrainConfig, ...found?.config, augmentation }
  const batches = new Batches(dataset, folder)
  const model = new Model(document, dataset)
  const objective = objectiveOf(dataset, model)
  const optimizer = makeOptimizer([...model.namedWeights.values()], config)
  const job = { dataset, datasetFolder: folder, config } as TrainJob
  const feed =
    own && augmentation
      ? ownFeed(batches, augmentation)
      : feedOf(job, batches, new URL('./prefetchWorker.ts', import.meta.url))
  let [samples, waited, began] = [0, 0, 0]
  for (let epoch = 1; began === 0 || performance.now() - began < 1000 * seconds; epoch++) {
    const order = batches.epoch(config, epoch)
    feed.announce(epoch, order)
    for (const rows of order) {
      const asked = performance.now()
      const { images, mix } = await feed.next(epoch, rows)
      scope(() => {
        const { inputs, extents, targets, mixed } = batches.take(rows, images, mix)
        waited += performance.now() - asked
        if (!trains) return
        const loss = objective.loss(model.forward(inputs, true, extents), targets, mixed)
        optimizer.zeroGrad()
        loss.backward()
        optimizer.step()
      })
      samples += rows.length
    }
    // The first epoch warms up.
    if (began === 0) [samples, waited, began] = [0, 0, performance.now()]
  }
  const elapsed = performance.now() - began
  await feed.close()
  for (const one of [optimizer, objective, model, batches]) one.dispose()
  const rate = Math.round((1000 * samples) / elapsed)
  const waits = trains ? `, waits ${((100 * waited) / elapsed).toFixed(1)} %` : ''
  process.stdout.write(`${name}: ${rate} samples/s${waits}\n`)
}

for (let round = 1; round <= 2; round++) {
  await measure('no augmentation', { augmentation: null })
  await measure('augmented by a thread', { augmentation: everything })
  await measure('augmented by the loop', { augmentation: everything, own: true })
  await measure('data alone', { augmentation: null, trains: false })
  await measure('data alone, augmented by a thread', { augmentation: everything, trains: false })
}
