/**
 * Prepares batches of augmented images beside the training loop: reads them from the stored data set, changes them,
 * writes them into memory that both threads share. It has no engine.
 */
import { openSync, readSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { augment } from '../data/images/augment.ts'
import type { Fill, PrefetchSetup } from './prefetchProtocol.ts'

const port = parentPort
if (!port) throw new Error('[prefetch] this file runs as a worker thread of the training loop')

const { path, augmentation, fill, seed, ready } = workerData as PrefetchSetup
const state = new Int32Array(ready)
// Closed by the system when the thread ends, which is all it ever does.
const file = openSync(path, 'r')
let input = new Uint8Array()

port.on('message', ({ slot, pixels, begins, keys, shape, epoch }: Fill) => {
  const size = shape.channels * shape.height * shape.width
  if (input.length !== size) input = new Uint8Array(size)
  begins.forEach((begin, at) => {
    const read = readSync(file, input, 0, size, begin)
    if (read < size) throw new Error(`the stored copy of the data set is cut short at byte ${begin + read}`)
    const output = new Uint8Array(pixels, at * size, size)
    augment(input, shape, augmentation, { seed, epoch, row: keys[at] ?? 0 }, fill, output)
  })
  Atomics.store(state, slot, 1)
  port.postMessage(slot)
})
