/** Tensors as bytes, and their fingerprint. */
import { createHash } from 'node:crypto'
import { noGrad, scope, tensor, type Tensor } from '../../engine/index.ts'
import { UserError } from '../../common/errors.ts'
import type { NamedArray, SafetensorsDtype } from '../../export/safetensors.ts'

type Values = Float32Array | Float64Array | BigInt64Array | Uint8Array

/** A copy of a tensor's values, row-major. */
export function arrayOf(name: string, held: Tensor): NamedArray {
  return valuesOf(name, held.shape, scope(() => held.detach().toTypedArray()) as Values)
}

export function valuesOf(name: string, shape: readonly number[], values: Values): NamedArray {
  const dtype = ((): SafetensorsDtype => {
    if (values instanceof Float32Array) return 'float32'
    if (values instanceof Float64Array) return 'float64'
    return values instanceof BigInt64Array ? 'int64' : 'uint8'
  })()
  return { name, dtype, shape, bytes: new Uint8Array(values.buffer, values.byteOffset, values.byteLength) }
}

/** The numbers of a float array. */
export function numbersOf({ dtype, bytes }: NamedArray): Float32Array | Float64Array {
  // A copy, since a view into a file may begin at any byte. (`slice` of a Buffer copies nothing.)
  const { buffer } = new Uint8Array(bytes)
  return dtype === 'float64' ? new Float64Array(buffer) : new Float32Array(buffer)
}

/** Copies values into a tensor. @throws UserError `checkpoint/other-model` when the shapes differ */
export function fill(held: Tensor, array: NamedArray | undefined, name: string): void {
  if (!array || array.shape.join() !== held.shape.join())
    throw new UserError({
      code: 'checkpoint/other-model',
      what: `The checkpoint has ${array ? `${name} of shape ${array.shape.join(' x ')}` : `no ${name}`}, the model has ${held.shape.join(' x ')}.`,
      mend: 'It belongs to another model; go on from a checkpoint of this run.',
    })
  scope(() =>
    noGrad(() => void held.copy_(tensor(numbersOf(array), { shape: [...array.shape], device: held.device }))),
  )
}

/** SHA-256 over the bytes of arrays, one after another. */
export function fingerprint(arrays: Iterable<Pick<NamedArray, 'bytes'>>): string {
  const hash = createHash('sha256')
  for (const { bytes } of arrays) hash.update(bytes)
  return hash.digest('hex')
}
