import { native } from './addon.ts'
import { Tensor } from './tensor.ts'
import { needFunction } from './guard.ts'

/** Runs `body` without recording. */
export function noGrad<T>(body: () => T): T {
  needFunction('noGrad', body)
  const before = native.setGradEnabled(false)
  try {
    return body()
  } finally {
    native.setGradEnabled(before)
  }
}

/** Runs `body` with recording, also inside noGrad. */
export function enableGrad<T>(body: () => T): T {
  needFunction('enableGrad', body)
  const before = native.setGradEnabled(true)
  try {
    return body()
  } finally {
    native.setGradEnabled(before)
  }
}

export function isGradEnabled(): boolean {
  return native.gradEnabled()
}

export interface GradOptions {
  /** Gradients of the outputs; ones for a single element. */
  gradOutputs?: readonly (Tensor | null)[]
  retainGraph?: boolean
  /** Records backward itself, so that the result can be differentiated again. */
  createGraph?: boolean
  /** null for an input the outputs do not depend on, instead of an error. */
  allowUnused?: boolean
}

/** Gradients of `outputs` with respect to `inputs`; every `.grad` stays as it is. */
export function grad(
  outputs: Tensor | readonly Tensor[],
  inputs: readonly Tensor[],
  options: GradOptions & { allowUnused: true },
): (Tensor | null)[]
export function grad(
  outputs: Tensor | readonly Tensor[],
  inputs: readonly Tensor[],
  options?: GradOptions,
): Tensor[]
export function grad(
  outputs: Tensor | readonly Tensor[],
  inputs: readonly Tensor[],
  options: GradOptions = {},
): (Tensor | null)[] {
  const create = options.createGraph ?? false
  const handles = native.grad(
    (outputs instanceof Tensor ? [outputs] : outputs).map((output) => output.id),
    inputs.map((input) => input.id),
    (options.gradOutputs ?? []).map((gradient) => gradient?.id ?? 0),
    options.retainGraph ?? create,
    create,
    options.allowUnused ?? false,
  )
  return handles.map((id) => (id === 0 ? null : new Tensor(id)))
}
