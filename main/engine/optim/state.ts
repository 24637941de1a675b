import { engineError } from '../error.ts'
import { tensor } from '../creation.ts'
import type { DType } from '../dtype.ts'
import { noGrad } from '../autograd.ts'
import { scope } from '../scope.ts'
import { Tensor } from '../tensor.ts'

/** A tensor's values outside of the engine: they can be written to a file or sent to another thread. */
export interface StateTensor {
  dtype: DType
  shape: readonly number[]
  data: Float32Array | Float64Array
}
export type StateTensors = Record<string, StateTensor>

/** Copies of native tensors that are given by their handles, which are disposed. */
export function readTensors(names: readonly string[], handles: readonly number[]): StateTensors {
  return scope(() => {
    const read: StateTensors = {}
    handles
      .map((id) => new Tensor(id))
      .forEach((view, index) => {
        const data = view.toTypedArray() as Float32Array | Float64Array
        read[names[index] ?? ''] = { dtype: view.dtype, shape: view.shape, data }
      })
    return read
  })
}

/** Copies into native tensors that are given by their handles. All are checked before any is written. */
export function writeTensors(
  where: string,
  names: readonly string[],
  handles: readonly number[],
  tensors: Readonly<StateTensors>,
): void {
  scope(() => {
    const views = handles.map((id) => new Tensor(id))
    const sources = views.map((view, index) => {
      const name = names[index] ?? ''
      const source = tensors[name]
      if (!source)
        throw engineError(
          'TAPE_VALUE',
          `[${where}] the state has no tensor ${name}, it belongs to another model`,
        )
      if (source.shape.join() !== view.shape.join())
        throw engineError(
          'TAPE_VALUE',
          `[${where}] ${name} has shape ${text(source.shape)}, expected ${text(view.shape)}, it belongs to another model`,
        )
      if (source.dtype !== view.dtype)
        throw engineError('TAPE_VALUE', `[${where}] ${name} is ${source.dtype}, expected ${view.dtype}`)
      return source
    })
    const known = new Set(names)
    const extra = Object.keys(tensors).find((name) => !known.has(name))
    if (extra !== undefined)
      throw engineError(
        'TAPE_VALUE',
        `[${where}] the state has a tensor ${extra} too many, it belongs to another model`,
      )
    noGrad(() =>
      views.forEach((view, index) => {
        const { data, shape, dtype } = sources[index] as StateTensor
        view.copy_(tensor(data, { shape, dtype, device: view.device }))
      }),
    )
  })
}

const text = (shape: readonly number[]): string => shape.join('x') || 'scalar'
