import { native } from './addon.ts'
import { Tensor } from './tensor.ts'

const handles = (tensors: readonly Tensor[]): number[] => tensors.map((x) => x.id)

/** Tensors of equal shape except along `dim`, one after another along it. */
export function cat(tensors: readonly Tensor[], dim = 0): Tensor {
  return new Tensor(native.cat(handles(tensors), dim))
}
/** Tensors of equal shape along a new dimension `dim`. */
export function stack(tensors: readonly Tensor[], dim = 0): Tensor {
  return new Tensor(native.stack(handles(tensors), dim))
}
