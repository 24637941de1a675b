import { native } from './addon.ts'
import { isGradEnabled } from './autograd.ts'
import { needFunction } from './guard.ts'
import { scope } from './scope.ts'
import { Tensor } from './tensor.ts'

/**
 * Gradient checkpointing: runs `fn(...inputs)` keeping nothing of what happens inside; when backward needs it,
 * `fn` runs a second time, with the same random numbers, and what it computes is dropped again as backward goes.
 * Memory for time: a chain of checkpointed blocks needs the memory of its blocks' inputs and of one block.
 *
 * `fn` may return one tensor or several (as scope() does), may use tensors from outside that require gradients,
 * and must do the same both times: no change in place of its inputs or of anything outside, no backward inside.
 * Tensors from outside must still be alive at backward. A checkpoint within a checkpoint is part of the outer
 * one. `createGraph` works: what is needed is computed again.
 */
export function checkpoint<Inputs extends readonly unknown[], Outputs>(
  fn: (...inputs: Inputs) => Outputs,
  ...inputs: Inputs
): Outputs {
  needFunction('checkpoint', fn)
  if (!isGradEnabled() || native.inCheckpoint()) return fn(...inputs)
  // Tensors come back as handles, so that their objects are not held here.
  const template = inputs.map((input) => (input instanceof Tensor ? null : { input }))
  native.checkpointBegin(
    inputs.flatMap((input) => (input instanceof Tensor ? [input.id] : [])),
    (handles) =>
      scope(() => {
        const tensors = handles.map((id) => new Tensor(id))
        fn(...(template.map((place) => (place ? place.input : tensors.shift())) as unknown as Inputs))
      }),
  )
  try {
    const outputs = scope(() => fn(...inputs))
    native.checkpointEnd()
    return outputs
  } catch (error) {
    native.checkpointAbandon()
    throw error
  }
}
