/** Where weights that somebody looks at come from: the run in training, or a checkpoint. */
import { UserError } from '../../common/errors.ts'
import { scope, tensor, type Tensor } from '../../engine/index.ts'
import { readSafetensors } from '../../export/safetensors.ts'
import { numbersOf } from '../run/arrays.ts'

export interface WeightSource {
  /** The run whose weights are wanted as they are now; null for those of the file. */
  live: number | null
  /** Of a checkpoint; read where the run does not train any more. Null where there is none. */
  path: string | null
  /** Step of that checkpoint. */
  step: number
}

/** The run in training, as far as looking at it goes. */
export interface Running {
  readonly runId: number
  readonly step: number
  weight(key: string): Tensor | null
}

/**
 * Calls `body` with the weights of a key; what it makes is let go.
 * @throws UserError `weights/none`, `safetensors/damaged`
 */
export function withWeight<T>(
  source: WeightSource,
  running: Running | null,
  key: string,
  body: (weight: Tensor, step: number) => T,
): T {
  return scope(() => {
    const live = running !== null && running.runId === source.live ? running.weight(key) : null
    if (live && running) return body(live.detach(), running.step)
    const array =
      source.path === null ? null : readSafetensors(source.path).arrays.find(({ name }) => name === key)
    if (!array)
      throw new UserError({
        code: 'weights/none',
        what: source.path === null ? 'This run kept no weights.' : `The checkpoint has no ${key}.`,
        mend: 'Choose another checkpoint, or a run that trains.',
      })
    return body(tensor(numbersOf(array), { shape: [...array.shape] }), source.step)
  })
}
