/** A language model goes on with a text, token by token. */
import { performance } from 'node:perf_hooks'
import { stream, uniform } from '../../common/random.ts'
import { noGrad, scope, tensor } from '../../engine/index.ts'
import type { Task } from '../questions.ts'
import { draw } from './draw.ts'
import { lastOf } from './lastOf.ts'
import { loaded, type Trained } from './loaded.ts'

export interface GenerateAsked {
  trained: Trained
  /** Tokens of the prompt, at least one. */
  prompt: Int32Array
  temperature: number
  topK: number | null
  seed: number
  /** Tokens that are made at most. */
  most: number
  /** Tokens that the model reads at most: the last ones. */
  context: number
  /** Never drawn. */
  forbidden: readonly number[]
}

export interface GenerateProgress {
  done: number
  total: number
  note: string
  tokens: number[]
}

/** Milliseconds between two reports. */
const interval = 50

/**
 * Between two tokens the worker turns to what else it is asked, so a run that trains goes on.
 * @returns the new tokens; those made so far when it is cancelled
 */
export async function generate(
  { trained, prompt, temperature, topK, seed, most, context, forbidden }: GenerateAsked,
  { signal, onProgress }: Task<GenerateProgress>,
): Promise<number[]> {
  const next = stream(seed)
  const read = [...prompt].slice(-context)
  const made: number[] = []
  let told = 0
  while (made.length < most && !signal.aborted) {
    const logits = scope(() =>
      noGrad(() => {
        // Asked for again at every token: another question may have taken its place meanwhile.
        const { model } = loaded(trained)
        const inputs = tensor(Float64Array.from(read), {
          dtype: 'int64',
          shape: [1, read.length],
          device: model.device,
        })
        return lastOf(model.forward(inputs, false)).toTypedArray() as Float32Array
      }),
    )
    for (const id of forbidden) logits[id] = -Infinity
    const token = draw(logits, { temperature, topK }, uniform(next))
    made.push(token)
    read.push(token)
    if (read.length > context) read.shift()
    const now = performance.now()
    if (now - told >= interval) {
      told = now
      onProgress({ done: made.length, total: most, note: '', tokens: [...made] })
    }
    await new Promise((resolve) => setImmediate(resolve))
  }
  return made
}
