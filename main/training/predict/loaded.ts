/** Trained models that are asked: the last two stay ready, so that an answer follows as one types. */
import { statSync } from 'node:fs'
import type { Dataset } from '../../common/data/dataset.ts'
import type { ModelDocument } from '../../common/document.ts'
import type { DeviceChoice } from '../../common/training.ts'
import { rngState, setDeviceOptions, setRngState, type Device } from '../../engine/index.ts'
import { readSafetensors } from '../../export/safetensors.ts'
import { deviceAtHand } from '../device.ts'
import { Model } from '../model.ts'
import { Normaliser } from '../normalise.ts'
import { fill } from '../run/arrays.ts'

/** Which weights, of which model, trained on what. */
export interface Trained {
  /** The weights of a checkpoint. */
  path: string
  document: ModelDocument
  dataset: Dataset
  /** What the run was told to train on; where that is not there, the processor answers. */
  device: DeviceChoice
}

export interface Loaded {
  model: Model
  normaliser: Normaliser
}

const most = 2
/** By file and when it was written; the last asked stands last. */
const ready = new Map<string, Loaded>()

/** @throws UserError `safetensors/damaged`, `checkpoint/other-model`, `model/problems` */
export function loaded({ path, document, dataset, device }: Trained): Loaded {
  const where = deviceAtHand(device)
  // A run beside this may have asked for less.
  if (where !== 'cpu') setDeviceOptions(where, { tf32: false, deterministic: true })
  const key = `${path} ${statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0} ${where}`
  const standing = ready.get(key)
  const found = standing ?? load(path, document, dataset, where)
  ready.delete(key)
  ready.set(key, found)
  for (const [oldest, one] of ready) {
    if (ready.size <= most) break
    dispose(one)
    ready.delete(oldest)
  }
  return found
}

function load(path: string, document: ModelDocument, dataset: Dataset, device: Device): Loaded {
  const { arrays } = readSafetensors(path)
  // A run may be training beside this: its random numbers go on where they were.
  const generator = rngState()
  const model = new Model(document, dataset, [], [], device)
  setRngState(generator)
  try {
    for (const [key, held] of model.tensors)
      fill(
        held,
        arrays.find(({ name }) => name === key),
        key,
      )
  } catch (error) {
    model.dispose()
    throw error
  }
  return { model, normaliser: new Normaliser(dataset, device) }
}

function dispose({ model, normaliser }: Loaded): void {
  model.dispose()
  normaliser.dispose()
}
