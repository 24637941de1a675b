/** What else than weights a checkpoint holds for a training that goes on: where it is, and the optimizer's moments. */
import { existsSync, readFileSync } from 'node:fs'
import { z } from 'zod'
import { UserError } from '../../common/errors.ts'
import { frozenWeights } from '../../common/frozen.ts'
import type { Plan } from '../../common/plan.ts'
import { trainConfigSchema } from '../../common/training.ts'
import { sidecarFile, stateFile } from '../../training/checkpointFiles.ts'

/** As `begin` in `config.json`. */
export interface Begin {
  step: number
  /** From 1; and its batches that were trained on. */
  epoch: number
  batch: number
  /** What the order of the epoch's batches follows from. */
  order: object
  /** What drops of a plateau have left of the learning rate, and what it has heard. */
  rate: { factor: number; plateau: { best: number | null; bad: number } | null }
  /** Updates of each weight so far, by its name in the model. */
  updates: Record<string, number>
}

export interface Continuation {
  begin: Begin
  /** File that holds the arrays. */
  path: string
  /** Their names in the project by those in the file: `<state>.<weight>` of the optimizer, `trained.<weight>`. */
  names: ReadonlyMap<string, string>
}

const sidecarSchema = z.object({
  state: z.object({
    cursor: z.object({
      step: z.number(),
      epoch: z.number(),
      batch: z.number(),
      epochConfig: trainConfigSchema.pick({ batchSize: true, tokenBudget: true, balance: true, seed: true }),
    }),
    optimizer: z.object({ steps: z.array(z.number()) }),
    rate: z.object({
      factor: z.number(),
      plateau: z.object({ best: z.number().nullable(), bad: z.number() }).nullable(),
    }),
  }),
})

/**
 * @param path of the checkpoint's weights
 * @param names of the weights in the model, by their keys
 * @returns null where the checkpoint holds weights alone
 * @throws UserError `checkpoint/unreadable`
 */
export function continuationOf(
  path: string,
  plan: Plan,
  names: ReadonlyMap<string, string>,
  frozen: readonly string[],
): Continuation | null {
  if (!existsSync(sidecarFile(path)) || !existsSync(stateFile(path))) return null
  const { cursor, optimizer, rate } = sidecarOf(path)
  const trained = trainedKeys(plan, frozen)
  const moments = trained.flatMap((key, index) =>
    optimizerStates.map((state) => [`optimizer.${state}.${index}`, `${state}.${names.get(key)}`] as const),
  )
  const averaged = [...names].map(([key, name]) => [`trained.${key}`, `trained.${name}`] as const)
  return {
    begin: {
      step: cursor.step,
      epoch: cursor.epoch,
      batch: cursor.batch,
      order: cursor.epochConfig,
      rate,
      updates: Object.fromEntries(
        trained.map((key, index) => [names.get(key) ?? key, optimizer.steps[index] ?? 0]),
      ),
    },
    path: stateFile(path),
    names: new Map([...moments, ...averaged]),
  }
}

/** What optimizers keep of each weight, by PyTorch's names, which are the engine's too. */
const optimizerStates = ['momentum_buffer', 'exp_avg', 'exp_avg_sq', 'square_avg', 'sum']

/** In the optimizer's order: what decays, then what does not; see training/optimizer.ts. */
function trainedKeys(plan: Plan, frozen: readonly string[]): string[] {
  const still = new Set(frozenWeights(plan, new Set(frozen)))
  const trained = [...plan.weights].filter(([key, { buffer }]) => !buffer && !still.has(key))
  const decays = ([, { shape }]: (typeof trained)[number]): boolean => shape.length > 1
  return [...trained.filter(decays), ...trained.filter((one) => !decays(one))].map(([key]) => key)
}

function sidecarOf(path: string): z.infer<typeof sidecarSchema>['state'] {
  try {
    return sidecarSchema.parse(JSON.parse(readFileSync(sidecarFile(path), 'utf8'))).state
  } catch (error) {
    throw new UserError({
      code: 'checkpoint/unreadable',
      what: `The checkpoint ${path} cannot be read (${error instanceof Error ? error.message : String(error)}).`,
      mend: 'Export another checkpoint of the run.',
    })
  }
}
