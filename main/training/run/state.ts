/** The whole state of a run as arrays and plain data, and back: what a checkpoint holds beside its weights. */
import { z } from 'zod'
import { UserError } from '../../common/errors.ts'
import { trainConfigSchema, type TrainConfig } from '../../common/training.ts'
import { rngState, scope, setRngState, type optim } from '../../engine/index.ts'
import type { NamedArray } from '../../export/safetensors.ts'
import { readCheckpoint } from '../checkpoint.ts'
import { arrayOf, fill, fingerprint, numbersOf, valuesOf } from './arrays.ts'
import { cursorSchema, type Cursor } from './cursor.ts'
import type { Trainee } from './trainee.ts'

const stateSchema = z.object({
  config: trainConfigSchema,
  /** `average`: the file holds the moving averages, and the state what is trained. */
  weights: z.enum(['trained', 'average']),
  weightsSha256: z.string(),
  nextBatchSha256: z.string(),
  state: z.object({
    cursor: cursorSchema,
    generator: z.object({ seed: z.string(), offset: z.string() }),
    optimizer: z.object({
      algorithm: z.string(),
      groups: z.array(
        z.object({ parameters: z.number(), baseLr: z.number(), options: z.record(z.string(), z.unknown()) }),
      ),
      steps: z.array(z.number()),
    }),
    rate: z.object({
      factor: z.number(),
      plateau: z.object({ best: z.number().nullable(), bad: z.number() }).nullable(),
    }),
    averageUpdates: z.number(),
  }),
})
type Facts = z.infer<typeof stateSchema>

export interface Captured {
  weights: NamedArray[]
  state: NamedArray[]
  facts: Facts
}

/** Copies everything. A run that goes on from it does what this one will do next, to the last bit. */
export function capture(trainee: Trainee, cursor: Cursor): Captured {
  return trainee.plain(() => {
    const trained = [...trainee.model.tensors].map(([key, weight]) => arrayOf(key, weight))
    const { tensors, ...optimizer } = trainee.optimizer.state()
    const average = trainee.ema?.state() ?? null
    const averages = new Map(
      [...trainee.weights.keys()].map((key, index) => [key, average?.tensors[`average.${index}`]]),
    )
    const kept = ({ name, shape, bytes, dtype }: NamedArray): NamedArray => {
      const found = averages.get(name)
      return found ? valuesOf(name, found.shape, found.data) : { name, shape, bytes, dtype }
    }
    const counts = trainee.confusion.train?.counts()
    const state = [
      ...Object.entries(tensors).map(([name, { shape, data }]) => valuesOf(`optimizer.${name}`, shape, data)),
      ...(average ? trained.map((array) => ({ ...array, name: `trained.${array.name}` })) : []),
      ...(counts ? [valuesOf('confusion', [counts.length], counts)] : []),
      ...silenceArrays(trainee),
    ]
    return {
      weights: trained.map(kept),
      state,
      facts: {
        config: trainee.config,
        weights: average ? 'average' : 'trained',
        weightsSha256: fingerprint(trained),
        nextBatchSha256: nextBatch(trainee, cursor),
        state: {
          cursor: structuredClone(cursor),
          generator: rngState(),
          optimizer,
          rate: trainee.rate.state(),
          averageUpdates: average?.updates ?? 0,
        },
      },
    }
  })
}

export interface Restored {
  cursor: Cursor
  weightsSha256: string
  nextBatchSha256: string
  /** What could not be taken over, in words; null when all was. */
  remark: string | null
}

/**
 * Brings a new trainee to a checkpoint. Its configuration may differ from the checkpoint's.
 * @throws UserError `checkpoint/*`, `safetensors/damaged`; what of the trainee is changed by then is not undone
 */
export function restore(trainee: Trainee, path: string): Restored {
  const { weights, state, sidecar } = readCheckpoint(path)
  const facts = stateSchema.parse(sidecar)
  const { cursor, generator, optimizer, rate, averageUpdates } = facts.state
  const inFile = new Map(weights.map((array) => [array.name, array]))
  const inState = new Map(state.map((array) => [array.name, array]))
  const trained = (key: string): NamedArray | undefined => inState.get(`trained.${key}`) ?? inFile.get(key)
  if (trainee.ema && facts.weights === 'average')
    trainee.ema.loadState({
      updates: averageUpdates,
      tensors: Object.fromEntries(
        [...trainee.weights.keys()].flatMap((key, index) => {
          const array = inFile.get(key)
          return array ? [[`average.${index}`, stateTensor(array)]] : []
        }),
      ),
    })
  for (const [key, held] of trainee.model.tensors) fill(held, trained(key), key)
  const weightsSha256 = fingerprint([...trainee.model.tensors].map(([key, held]) => arrayOf(key, held)))
  if (weightsSha256 !== facts.weightsSha256) throw changed(path)
  // An average that begins here begins with the weights that are here.
  if (trainee.ema && facts.weights === 'trained')
    trainee.ema.loadState({
      updates: 0,
      tensors: Object.fromEntries(
        [...trainee.weights.values()].map((held, index) => [
          `average.${index}`,
          stateTensor(arrayOf('', held)),
        ]),
      ),
    })
  const tensors = Object.fromEntries(
    state.flatMap((array) =>
      array.name.startsWith('optimizer.')
        ? [[array.name.slice('optimizer.'.length), stateTensor(array)]]
        : [],
    ),
  )
  const remark = loadOptimizer(trainee, { ...optimizer, tensors } as optim.OptimizerState, facts.config)
  trainee.rate.restore(rate, facts.config)
  const counts = inState.get('confusion')
  if (counts) trainee.confusion.train?.restore(numbersOf(counts) as Float64Array)
  restoreSilence(trainee, state)
  setRngState(generator)
  return {
    cursor,
    weightsSha256,
    nextBatchSha256: nextBatch(trainee, cursor),
    remark,
  }
}

const changed = (path: string): UserError =>
  new UserError({
    code: 'checkpoint/damaged',
    what: `The weights in ${path} are not those that were written: their check sum is another.`,
    mend: 'Go on from another checkpoint of the run; if there are more such files, check the disk.',
  })

/** Momentum and the like, with the options that the trainee has now. */
function loadOptimizer(trainee: Trainee, saved: optim.OptimizerState, before: TrainConfig): string | null {
  const { optimizer } = trainee
  const now = optimizer.state()
  const names = (state: optim.OptimizerState): string => Object.keys(state.tensors).sort().join()
  if (saved.algorithm !== now.algorithm || names(saved) !== names(now))
    return `the optimizer's state begins anew: it was ${before.optimizer}, now ${trainee.config.optimizer}`
  optimizer.loadState({ ...saved, groups: now.groups })
  return null
}

const silencePrefix = 'silence.'

/** How long units have been silent, of each layer that has such: probes so far, then the count of each unit. */
const silenceArrays = ({ prober }: Trainee): NamedArray[] =>
  [...prober.state()].map(([nodeId, { probes, silent }]) =>
    valuesOf(silencePrefix + nodeId, [1 + silent.length], Float32Array.of(probes, ...silent)),
  )

function restoreSilence({ prober }: Trainee, state: readonly NamedArray[]): void {
  const found = state.filter(({ name }) => name.startsWith(silencePrefix))
  prober.restore(
    new Map(
      found.map((array) => {
        const [probes = 0, ...silent] = numbersOf(array)
        return [array.name.slice(silencePrefix.length), { probes, silent: Uint16Array.from(silent) }]
      }),
    ),
  )
}

const stateTensor = (
  array: NamedArray,
): { dtype: 'float32' | 'float64'; shape: readonly number[]; data: Float32Array | Float64Array } => ({
  dtype: array.dtype === 'float64' ? 'float64' : 'float32',
  shape: array.shape,
  data: numbersOf(array),
})

/** Fingerprint of the batch that comes next: of the next epoch when this one is through. */
function nextBatch(trainee: Trainee, { epoch, batch, epochConfig }: Cursor): string {
  const rows = trainee.epoch(epochConfig, epoch)[batch] ?? trainee.epoch(trainee.config, epoch + 1)[0]
  if (!rows) return fingerprint([])
  return scope(() => {
    const { inputs, targets } = trainee.batches.take(rows)
    const place = new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength)
    return fingerprint([{ bytes: place }, arrayOf('', inputs), arrayOf('', targets)])
  })
}
