import { enableGrad, grad } from './autograd.ts'
import { tensor, zeros } from './creation.ts'
import { engineError } from './error.ts'
import { kindOf, needFunction } from './guard.ts'
import { scope } from './scope.ts'
import { Tensor } from './tensor.ts'

export interface GradcheckOptions {
  /** Step of the central difference. */
  eps?: number
  atol?: number
  rtol?: number
  /** Return false instead of throwing. */
  raise?: boolean
  /** Compare one random direction instead of every element: for inputs of more than some hundred elements. */
  fast?: boolean
  /** How far two runs of the same backward may differ. */
  nondetTol?: number
}

export interface GradgradcheckOptions extends GradcheckOptions {
  /** Gradients of the outputs, float64; random numbers unless given. */
  gradOutputs?: readonly Tensor[]
}

type CheckedFunction = (...inputs: Tensor[]) => Tensor | readonly Tensor[]
type Settings = Required<Omit<GradcheckOptions, 'raise'>> & { where: string }
/** In float64; what has another dtype does not take part in differentiation. */
const numbers = (x: Tensor): Float64Array =>
  x.dtype === 'float64' ? (x.toTypedArray() as Float64Array) : Float64Array.from(x.toArray())

/** Nine digits: finite differences carry no more. */
const digits = (value: number): number => Number(value.toPrecision(9))

/** Numbers in -1..1 from a stream of their own: a check must not move the engine's. */
function randomDirection(length: number, seed: number): Float64Array {
  let state = (seed * 2654435761 + 12345) >>> 0
  return Float64Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 31 - 1
  })
}

const dot = (a: Float64Array, b: Float64Array): number =>
  a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0)

/** Position `[1,2]` of the element at flat `index`. */
function position(index: number, shape: readonly number[]): string {
  const at: number[] = []
  for (let d = shape.length - 1; d >= 0; d--) {
    const size = shape[d] ?? 1
    at.unshift(index % size)
    index = Math.floor(index / size)
  }
  return `[${at.join()}]`
}

/** d outputs / d (input `which` along `direction`), by central differences. */
function difference(
  fn: CheckedFunction,
  inputs: readonly Tensor[],
  which: number,
  direction: (index: number) => number,
  eps: number,
): Float64Array[] {
  const input = inputs[which] as Tensor
  const values = numbers(input)
  const evaluate = (step: number): Float64Array[] =>
    scope(() => {
      const moved = values.map((value, index) => value + step * direction(index))
      const fresh = tensor(moved, { shape: input.shape, requiresGrad: true })
      return asList(fn(...inputs.map((x, i) => (i === which ? fresh : x)))).map(numbers)
    })
  const above = evaluate(eps)
  const below = evaluate(-eps)
  return above.map((high, output) => high.map((v, i) => (v - (below[output]?.[i] ?? 0)) / (2 * eps)))
}

/** Gradient of one output by every input for the gradient `seed`; zeros where it does not depend on one. */
function backwardOf(output: Tensor, inputs: readonly Tensor[], seed: Tensor): Float64Array[] {
  const options = { gradOutputs: [seed], retainGraph: true, allowUnused: true } as const
  return grad(output, inputs, options).map((g, i) =>
    g ? numbers(g) : new Float64Array((inputs[i] as Tensor).numel),
  )
}

// Written so that a NaN on either side counts as a difference.
const close = (claimed: number, value: number, s: Settings): boolean =>
  Math.abs(claimed - value) <= s.atol + s.rtol * Math.abs(value)

/** Every element of the Jacobian of every output by every input. */
function compareFully(
  fn: CheckedFunction,
  inputs: readonly Tensor[],
  checked: readonly number[],
  s: Settings,
): string | null {
  const outputs = asList(fn(...inputs))
  const wanted = checked.map((index) => inputs[index] as Tensor)
  const exact = outputs.map((output) =>
    output.requiresGrad
      ? Array.from({ length: output.numel }, (_, element) =>
          scope(() => {
            const seed = zeros([output.numel], { dtype: 'float64' })
            seed.select(0, element).fill_(1)
            return backwardOf(output, wanted, seed.reshape(output.shape))
          }),
        )
      : null,
  )
  for (const [place, index] of checked.entries()) {
    const input = inputs[index] as Tensor
    for (let column = 0; column < input.numel; column++) {
      const slopes = difference(fn, inputs, index, (i) => (i === column ? 1 : 0), s.eps)
      for (const [output, values] of slopes.entries())
        for (const [row, value] of values.entries()) {
          const claimed = exact[output]?.[row]?.[place]?.[column] ?? 0
          if (!close(claimed, value, s))
            return (
              `[${s.where}] input ${index}: analytical ${digits(claimed)} numerical ${digits(value)} ` +
              `(d output ${output}${position(row, (outputs[output] as Tensor).shape)} / ` +
              `d input ${index}${position(column, input.shape)}), ` +
              `check what backward returns for input ${index}`
            )
        }
    }
  }
  return null
}

/** One random direction of each input against one random weighting of each output. */
function compareFast(
  fn: CheckedFunction,
  inputs: readonly Tensor[],
  checked: readonly number[],
  s: Settings,
): string | null {
  const outputs = asList(fn(...inputs))
  const wanted = checked.map((index) => inputs[index] as Tensor)
  const weights = outputs.map((output, i) => randomDirection(output.numel, i + 1))
  const exact = outputs.map((output, i) =>
    output.requiresGrad
      ? backwardOf(output, wanted, tensor(weights[i] as Float64Array, { shape: output.shape }))
      : null,
  )
  for (const [place, index] of checked.entries()) {
    const direction = randomDirection((inputs[index] as Tensor).numel, 100 + index)
    const slopes = difference(fn, inputs, index, (i) => direction[i] ?? 0, s.eps)
    for (const [output, values] of slopes.entries()) {
      const value = dot(values, weights[output] as Float64Array)
      const gradient = exact[output]?.[place]
      const claimed = gradient ? dot(gradient, direction) : 0
      if (!close(claimed, value, s))
        return (
          `[${s.where}] input ${index}: analytical ${digits(claimed)} numerical ${digits(value)} along a random ` +
          `direction of output ${output}, run it without fast to see which element`
        )
    }
  }
  return null
}

/** The same backward twice gives the same numbers, and a gradient that lies otherwise in memory does too. */
function compareRuns(
  fn: CheckedFunction,
  inputs: readonly Tensor[],
  checked: readonly number[],
  s: Settings,
): string | null {
  const wanted = checked.map((index) => inputs[index] as Tensor)
  for (const [number, output] of asList(fn(...inputs)).entries()) {
    if (!output.requiresGrad) continue
    const seed = tensor(randomDirection(output.numel, 7), { shape: output.shape })
    const spread = zeros([...output.shape, 2].slice(-8), { dtype: 'float64' })
    const lying = output.rank < 8 ? spread.select(-1, 0).copy_(seed) : seed
    const first = backwardOf(output, wanted, seed)
    const runs = [
      ['is not deterministic: a second run', backwardOf(output, wanted, seed), s.nondetTol],
      ['depends on strides: a non-contiguous gradient', backwardOf(output, wanted, lying), s.atol],
    ] as const
    for (const [what, again, tolerance] of runs)
      for (const [place, values] of first.entries())
        for (const [i, value] of values.entries()) {
          const other = again[place]?.[i] ?? NaN
          if (!(Math.abs(other - value) <= tolerance) && !Object.is(other, value))
            return (
              `[${s.where}] backward ${what} gives ${other} after ${value} for ` +
              `input ${checked[place]}${position(i, (wanted[place] as Tensor).shape)} of output ${number}`
            )
        }
  }
  return null
}

function needTensors(where: string, inputs: unknown): void {
  if (!Array.isArray(inputs) || !inputs.every((input) => input instanceof Tensor))
    throw new TypeError(
      `[${where}] inputs and gradOutputs must be an array of Tensors, got ${kindOf(inputs)}`,
    )
}

/** What fn returned, which must be a tensor or an array of them. */
function asList(value: unknown): readonly Tensor[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value]
  for (const item of list)
    if (!(item instanceof Tensor))
      throw new TypeError(`[gradcheck] the function must return Tensors, got ${kindOf(item)}`)
  return list as readonly Tensor[]
}

function check(
  where: string,
  fn: CheckedFunction,
  inputs: readonly Tensor[],
  options: GradcheckOptions,
): boolean {
  const { eps = 1e-6, atol = 1e-5, rtol = 1e-3, raise = true, fast = false, nondetTol = 0 } = options ?? {}
  needTensors(where, inputs)
  const settings = { where, eps, atol, rtol, fast, nondetTol }
  const checked = inputs.flatMap((input, index) => (input.requiresGrad ? [index] : []))
  if (checked.length === 0)
    throw engineError('TAPE_VALUE', `[${where}] no input requires gradients, set requiresGrad on one`)
  for (const index of checked)
    if (inputs[index]?.dtype !== 'float64')
      throw engineError(
        'TAPE_DTYPE',
        `[${where}] input ${index} is ${inputs[index]?.dtype}, finite differences need float64`,
      )
  const fault = enableGrad(() =>
    scope(() => {
      const compare = fast ? compareFast : compareFully
      return compare(fn, inputs, checked, settings) ?? compareRuns(fn, inputs, checked, settings)
    }),
  )
  if (fault && raise) throw engineError('TAPE_GRADIENT', fault)
  return fault === null
}

/**
 * Compares the gradients of `fn` with finite differences, element by element, and backward with itself (twice,
 * and with a non-contiguous gradient). Inputs that require gradients must be float64. Throws
 * `[gradcheck] input 0: analytical 2 numerical 3 (d output 0[1] / d input 0[0,2]) ...` at the first difference
 * beyond atol + rtol * |numerical|, or returns false with `raise: false`.
 */
export function gradcheck(
  fn: CheckedFunction,
  inputs: readonly Tensor[],
  options: GradcheckOptions = {},
): boolean {
  needFunction('gradcheck', fn)
  return check('gradcheck', fn, inputs, options)
}

/**
 * The same for the gradients of the gradients: `fn`'s gradient, as a function of the inputs and of the gradients
 * of its outputs, is what gets checked. Needs a backward made of differentiable ops.
 */
export function gradgradcheck(
  fn: CheckedFunction,
  inputs: readonly Tensor[],
  options: GradgradcheckOptions = {},
): boolean {
  needFunction('gradgradcheck', fn)
  needTensors('gradgradcheck', inputs)
  if (options?.gradOutputs) needTensors('gradgradcheck', options.gradOutputs)
  return scope(() => {
    const outputs = enableGrad(() => asList(fn(...inputs))).filter((output) => output.requiresGrad)
    const seeds =
      options?.gradOutputs ??
      outputs.map((output, i) =>
        tensor(randomDirection(output.numel, i + 50), { shape: output.shape, requiresGrad: true }),
      )
    const gradients: CheckedFunction = (...all) => {
      const own = all.slice(0, inputs.length)
      const results = asList(fn(...own)).filter((output) => output.requiresGrad)
      const wanted = own.filter((input) => input.requiresGrad)
      const gradOutputs = all.slice(inputs.length)
      return grad(results, wanted, { gradOutputs, createGraph: true, allowUnused: true }).filter(
        (gradient) => gradient !== null,
      )
    }
    return check('gradgradcheck', gradients, [...inputs, ...seeds], options)
  })
}
