/** A custom operator's gradients against central differences, one input at a time, on small random float64 numbers. */
import { batch, evaluate, type Shape } from '../common/dims.ts'
import { UserError } from '../common/errors.ts'
import { operatorOf, readOperator, type Operator } from '../common/expression/operator.ts'
import type { GradientCheck } from '../common/inspection.ts'
import { custom } from '../common/layers/custom.ts'
import { inputPorts } from '../common/layer.ts'
import { analyse, withDefaults, type NodeAnalysis } from '../common/shapes.ts'
import { dataShape } from '../common/trainable.ts'
import { grad, noGrad, scope, tensor, zeros, type Tensor } from '../engine/index.ts'
import { opsOn } from './ops.ts'
import type { Questions } from './questions.ts'

const ops = opsOn('cpu')

/** Sizes that stand for the symbols; what another is in is 3. */
const symbols: Readonly<Record<string, number>> = { B: 2, T: 3, H: 4, W: 4 }
/** As in the engine's gradcheck, whose tolerances are those of torch.autograd.gradcheck. */
const step = 1e-6
const tolerance = { absolute: 1e-5, relative: 1e-3 }
/** Elements of an input, and of an output, that are compared; picked at random where there are more. */
const mostElements = 64

/** @throws UserError `model/no-operator`, `model/operator` for a mistake in it, `model/not-finite` */
export function checkGradients({
  document,
  nodeId,
  dataset,
}: Questions['check-gradients']['asked']): GradientCheck[] {
  const node = analyse(document, dataShape(dataset)).flatNodes.get(nodeId)
  if (!node || node.node.kind !== custom.kind)
    throw new UserError({
      code: 'model/no-operator',
      what: `There is no custom operator "${nodeId}" in this model.`,
      mend: 'Choose one on the canvas.',
    })
  const parameters = withDefaults(custom, node.node)
  const shapes = inputShapes(node)
  const shaped = custom.shape(shapes, parameters, {
    node: nodeId,
    data: dataShape(dataset),
    widthSource: null,
  })
  if ('error' in shaped) {
    // With shapes that were made up, a mismatch says nothing about the operator.
    const madeUp = 'operator' in readOperator(parameters) && Object.keys(node.inputs).length === 0
    throw new UserError({
      code: 'model/operator',
      what: `${node.title} ${shaped.error.message}.`,
      mend: madeUp
        ? 'Wire its inputs, so that their shapes are known, and check again.'
        : 'Mend that line first.',
    })
  }
  return scope(() => compare(operatorOf(parameters), parameters, shapes, node.title))
}

/** What arrives at the operator, or 2 x 3 where nothing does yet. */
function inputShapes(node: NodeAnalysis): Readonly<Record<string, Shape>> {
  const ports = inputPorts(custom, withDefaults(custom, node.node))
  return Object.fromEntries(ports.map((name) => [name, node.inputs[name] ?? [batch, 3]]))
}

function compare(
  operator: Operator,
  parameters: NodeAnalysis['parameters'],
  shapes: Readonly<Record<string, Shape>>,
  title: string,
): GradientCheck[] {
  const random = stream(20260101)
  const sizes = [
    ...operator.inputs.map((name) => (shapes[name] ?? []).map((dim) => evaluate(dim, symbols) ?? 3)),
    ...operator.weights.map(({ shape }) => shape),
  ]
  const names = [...operator.inputs, ...operator.weights.map(({ name }) => name)]
  const run = (given: readonly Tensor[]): Tensor[] => {
    const named = given.map((value, i) => [names[i] as string, value] as const)
    const made = custom.forward<Tensor>({
      ops,
      inputs: Object.fromEntries(named.slice(0, operator.inputs.length)),
      weights: Object.fromEntries(named.slice(operator.inputs.length)),
      parameters,
      training: true,
      lengths: () => null,
    })
    return operator.outputPorts.map((port) => made[port] as Tensor)
  }
  // Logarithms and roots have a gradient for positive numbers only.
  for (const positive of [false, true]) {
    const values = sizes.map((shape) => numbers(random, shape, positive))
    const given = values.map((one, i) => tensor(one, { shape: sizes[i] ?? [], requiresGrad: true }))
    const outputs = run(given)
    if (!outputs.every((output) => list(output).every(Number.isFinite))) continue
    return names.map((name, which) => ({
      input: name,
      none: operator.backward?.some((line) => line.name === `grad_${name}` && line.value === null) ?? false,
      ...compareOne(run, given, outputs, which, operator.outputs, random),
    }))
  }
  throw new UserError({
    code: 'model/not-finite',
    what: `${title} gives NaN or infinity for random inputs, positive ones too, so its gradients cannot be compared.`,
    mend: 'Mend Forward first, for example by adding a small number below a division or a logarithm.',
  })
}

function compareOne(
  run: (given: readonly Tensor[]) => Tensor[],
  given: readonly Tensor[],
  outputs: readonly Tensor[],
  which: number,
  outputNames: readonly string[],
  random: () => number,
): Pick<GradientCheck, 'passed' | 'compared' | 'largest'> {
  const input = given[which] as Tensor
  const columns = pick(input.numel, random)
  const slopes = columns.map((column) => slopesAt(run, given, which, column))
  let passed = true
  let compared = 0
  let largest: GradientCheck['largest'] = null
  let furthest = -1
  for (const [number, output] of outputs.entries())
    for (const row of pick(output.numel, random)) {
      const exact = gradientOf(output, input, row)
      for (const [place, column] of columns.entries()) {
        const analytical = exact[column] ?? 0
        const numerical = slopes[place]?.[number]?.[row] ?? 0
        const apart = Math.abs(analytical - numerical)
        compared++
        // Written so that a NaN on either side counts as a difference.
        if (!(apart <= tolerance.absolute + tolerance.relative * Math.abs(numerical))) passed = false
        const far = Number.isNaN(apart) ? Infinity : apart
        if (far <= furthest) continue
        furthest = far
        const of = position(row, output.shape)
        const index = position(column, input.shape)
        largest = { output: outputNames[number] ?? '', of, index, analytical, numerical }
      }
    }
  return { passed, compared, largest }
}

/** d output[row] / d input by the operator's backward; zeros where none reaches it. */
const gradientOf = (output: Tensor, input: Tensor, row: number): Float64Array =>
  scope(() => {
    if (!output.requiresGrad) return new Float64Array(input.numel)
    const seed = zeros([output.numel], { dtype: 'float64' })
    seed.select(0, row).fill_(1)
    const [gradient] = grad(output, [input], {
      gradOutputs: [seed.reshape(output.shape)],
      retainGraph: true,
      allowUnused: true,
    })
    return gradient ? list(gradient) : new Float64Array(input.numel)
  })

/** d outputs / d input[column] by central differences. */
function slopesAt(
  run: (given: readonly Tensor[]) => Tensor[],
  given: readonly Tensor[],
  which: number,
  column: number,
): Float64Array[] {
  const input = given[which] as Tensor
  const at = (by: number): Float64Array[] =>
    scope(() =>
      noGrad(() => {
        const values = list(input)
        values[column] = (values[column] ?? 0) + by
        const moved = tensor(values, { shape: input.shape })
        return run(given.map((one, i) => (i === which ? moved : one))).map(list)
      }),
    )
  const above = at(step)
  const below = at(-step)
  return above.map((high, output) => high.map((value, i) => (value - (below[output]?.[i] ?? 0)) / (2 * step)))
}

const list = (x: Tensor): Float64Array => x.toTypedArray() as Float64Array

/** 0 to 1, the same in every run. */
function stream(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

/** Magnitudes of 0.4 to 1.6, away from the kinks that many functions have at 0. */
const numbers = (random: () => number, shape: readonly number[], positive: boolean): Float64Array =>
  Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => {
    const size = 0.4 + 1.2 * random()
    return random() < 0.5 || positive ? size : -size
  })

/** All indices below `count`, or as many of them as are compared. */
function pick(count: number, random: () => number): number[] {
  if (count <= mostElements) return Array.from({ length: count }, (_, i) => i)
  const picked = new Set<number>()
  while (picked.size < mostElements) picked.add(Math.floor(random() * count))
  return [...picked]
}

function position(index: number, shape: readonly number[]): number[] {
  const at: number[] = []
  let rest = index
  for (const size of [...shape].reverse()) {
    at.unshift(rest % size)
    rest = Math.floor(rest / size)
  }
  return at
}
