/** For tests: a plan with weights as an ONNX file in ONNX Runtime, and what it gives beside what the engine gives. */
import { env, InferenceSession, Tensor as RuntimeTensor } from 'onnxruntime-web'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Tensor } from '../../engine/index.ts'
import { arrayOf } from '../../training/run/arrays.ts'
import { writeSafetensors } from '../safetensors.ts'
import { writeOnnx } from './file.ts'
import type { TracedModel } from './trace.ts'

env.wasm.numThreads = 1

export interface Exported {
  /** Outputs by name: one. */
  run(input: Tensor, lengths: readonly number[] | null): Promise<{ shape: number[]; values: number[] }>
  inputNames: readonly string[]
  bytes: Uint8Array
  release(): Promise<void>
}

/** @param folder where files may lie for a while */
export async function exported(
  model: TracedModel,
  weights: ReadonlyMap<string, Tensor>,
  folder: string,
): Promise<Exported> {
  const checkpoint = join(folder, 'weights.safetensors')
  const path = join(folder, 'model.onnx')
  writeSafetensors(checkpoint, [...weights].map(([key, weight]) => arrayOf(key, weight)), {}) // prettier-ignore
  const signal = new AbortController().signal
  const written = { name: 'test', producerVersion: '0', weights: checkpoint, metadata: {}, signal }
  await writeOnnx(path, model, written)
  const bytes = await readFile(path)
  await rm(path)
  const session = await InferenceSession.create(bytes, { logSeverityLevel: 3 })
  return {
    inputNames: session.inputNames,
    bytes,
    async run(input, lengths) {
      const feeds: Record<string, RuntimeTensor> = { input: runtimeTensor(input) }
      if (session.inputNames.includes('lengths') && lengths)
        feeds['lengths'] = new RuntimeTensor('int64', BigInt64Array.from(lengths, BigInt), [lengths.length])
      const [output] = Object.values(await session.run(feeds))
      if (!output) throw new Error('no output')
      return { shape: [...output.dims], values: Array.from(output.data as Float32Array | BigInt64Array, Number) } // prettier-ignore
    },
    release: () => session.release(),
  }
}

const runtimeTensor = (x: Tensor): RuntimeTensor =>
  x.dtype === 'int64'
    ? new RuntimeTensor('int64', BigInt64Array.from(x.toTypedArray() as ArrayLike<number | bigint>, BigInt), [...x.shape]) // prettier-ignore
    : new RuntimeTensor('float32', Float32Array.from(x.toTypedArray() as ArrayLike<number>), [...x.shape])

/** The largest difference, of 1 or of the largest number where that is more. */
export function difference(actual: readonly number[], expected: ArrayLike<number>): number {
  const wanted = Array.from(expected, Number)
  if (actual.length !== wanted.length) return Infinity
  const scale = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 1)
  return actual.reduce((worst, value, i) => {
    const own = Math.abs(value - (wanted[i] ?? NaN)) / scale
    return own > worst || Number.isNaN(own) ? own : worst
  }, 0)
}
