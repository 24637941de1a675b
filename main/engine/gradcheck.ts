import { grad, noGrad } from './autograd.ts'
import { tensor, zeros } from './creation.ts'
import { scope } from './scope.ts'
import { Tensor } from './tensor.ts'

export interface GradcheckOptions {
  /** Step of the central difference. */
  eps?: number
  atol?: number
  rtol?: number
  /** Return false instead of throwing. */
  raise?: boolean
}

type CheckedFunction = (...inputs: Tensor[]) => Tensor | readonly Tensor[]
const asList = (value: Tensor | readonly Tensor[]): readonly Tensor[] =>
  value instanceof Tensor ? [value] : value
const numbers = (x: Tensor): Float64Array => x.toTypedArray() as Float64Array

/** Nine digits: finite differences carry no more. */
const digits = (value: number): number => Number(value.toPrecision(9))

/** Columns of the Jacobian of every output by one input, by central differences. */
function numerical(
  fn: CheckedFunction,
  inputs: readonly Tensor[],
  which: number,
  eps: number,
): Float64Array[][] {
  const input = inputs[which] as Tensor
  const values = numbers(input)
  const evaluate = (element: number, shift: number): Float64Array[] =>
    scope(() => {
      const moved = Float64Array.from(values)
      moved[element] = (moved[element] ?? 0) + shift
      const fresh = tensor(moved, { shape: input.shape })
      return asList(noGrad(() => fn(...inputs.map((x, i) => (i === which ? fresh : x))))).map(numbers)
    })
  const columns: Float64Array[][] = []
  for (let element = 0; element < values.length; element++) {
    const above = evaluate(element, eps)
    const below = evaluate(element, -eps)
    columns.push(above.map((high, output) => high.map((v, i) => (v - (below[output]?.[i] ?? 0)) / (2 * eps))))
  }
  return columns
}

/** Rows of the Jacobian of one output by every input, by backward with one-hot gradients. */
function analytical(output: Tensor, inputs: readonly Tensor[]): (Float64Array | null)[][] {
  const rows: (Float64Array | null)[][] = []
  for (let element = 0; element < output.numel; element++)
    rows.push(
      scope(() => {
        const seed = zeros([output.numel], { dtype: 'float64' })
        seed.select(0, element).fill_(1)
        const options = {
          gradOutputs: [seed.reshape(output.shape)],
          retainGraph: true,
          allowUnused: true,
        } as const
        return grad(output, inputs, options).map((g) => (g ? numbers(g) : null))
      }),
    )
  return rows
}

/**
 * Compares the gradients of `fn` with finite differences, element by element. Inputs that require
 * gradients must be float64. Throws `[gradcheck] input 0: analytical 2 numerical 3 ...` at the first
 * difference beyond atol + rtol * |numerical|, or returns false with `raise: false`.
 */
export function gradcheck(
  fn: CheckedFunction,
  inputs: readonly Tensor[],
  options: GradcheckOptions = {},
): boolean {
  const { eps = 1e-6, atol = 1e-5, rtol = 1e-3, raise = true } = options
  const checked = inputs.flatMap((input, index) => (input.requiresGrad ? [index] : []))
  if (checked.length === 0)
    throw new Error('[gradcheck] no input requires gradients, set requiresGrad on one')
  for (const index of checked)
    if (inputs[index]?.dtype !== 'float64')
      throw new Error(
        `[gradcheck] input ${index} is ${inputs[index]?.dtype}, finite differences need float64`,
      )

  const fault = scope(() => {
    const outputs = asList(fn(...inputs))
    const wanted = checked.map((index) => inputs[index] as Tensor)
    const exact = outputs.map((output) => (output.requiresGrad ? analytical(output, wanted) : null))
    for (const [position, index] of checked.entries()) {
      const columns = numerical(fn, inputs, index, eps)
      for (const [column, byOutput] of columns.entries())
        for (const [output, values] of byOutput.entries())
          for (const [row, value] of values.entries()) {
            const claimed = exact[output]?.[row]?.[position]?.[column] ?? 0
            // Written so that a NaN on either side counts as a difference.
            if (!(Math.abs(claimed - value) <= atol + rtol * Math.abs(value)))
              return (
                `[gradcheck] input ${index}: analytical ${digits(claimed)} numerical ${digits(value)} ` +
                `(d output ${output}[${row}] / d input ${index}[${column}]), check what backward returns for input ${index}`
              )
          }
    }
    return null
  })
  if (fault && raise) throw new Error(fault)
  return fault === null
}
