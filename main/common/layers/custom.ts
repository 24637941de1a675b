import { batch, formatDim, symbol, type Shape } from '../dims.ts'
import { backwardRules, fitOperator, forwardRules } from '../expression/check.ts'
import { evaluateProgram } from '../expression/evaluate.ts'
import { tensorOf, type Value } from '../expression/known.ts'
import {
  givenGradients,
  gradientNames,
  lastLinePort,
  operatorOf,
  parseNames,
  readOperator,
  savedNames,
  type Operator,
  type OperatorProblem,
} from '../expression/operator.ts'
import { inputOf, noCost, type ForwardCall, type Layer, type Parameters } from '../layer.ts'
import type { TensorMethods } from '../ops.ts'

const text = (parameters: Parameters, key: string, otherwise = ''): string => {
  const value = parameters[key]
  return typeof value === 'string' ? value : otherwise
}

/** Names in a text that may be half typed; what is no name is left out, so that ports stay while one is edited. */
const names = (written: string): readonly string[] =>
  written.split(',').flatMap((part) => {
    try {
      return parseNames(part)
    } catch {
      return []
    }
  })

/** `has a mistake in line 2, column 5 of its forward: ...` */
const spokenProblem = ({ field, place, message }: OperatorProblem): string =>
  `has a mistake in ${place ? `line ${place.line}, column ${place.column} of ` : ''}its ${field}: ${message}`

/** Forward and backward written by a person; see `expression/`. */
export const custom: Layer = {
  kind: 'custom',
  title: 'Custom operator',
  group: 'Your own',
  help: 'Computes what you write, one assignment a line. Leave Backward empty and the engine derives the gradient; write it to learn or to try your own, then check it.',
  formula: 'y = f(x), and for each input: grad_x = (∂y/∂x)ᵀ grad',
  source: {
    title: 'Extending torch.autograd',
    url: 'https://docs.pytorch.org/docs/stable/notes/extending.html',
  },
  keywords: ['own', 'expression', 'formula', 'function', 'backward', 'gradient', 'autograd'],
  fields: [
    {
      type: 'text',
      key: 'inputs',
      title: 'Inputs',
      help: 'Names, such as x, y: one port each.',
      default: 'x',
      lines: 1,
      longest: 200,
    },
    {
      type: 'text',
      key: 'weights',
      title: 'Weights',
      help: 'One a line, such as w: 16 x 8 or b: 8 zeros. Drawn from ±1/√(first size) unless you say normal 0.02, uniform 0.1, zeros or ones.',
      default: '',
      lines: 2,
      longest: 2000,
    },
    {
      type: 'text',
      key: 'forward',
      title: 'Forward',
      help: 'The last line is the output. Axis 0 is the batch.',
      default: 'y = x * sigmoid(x)',
      lines: 3,
      longest: 4000,
    },
    {
      type: 'text',
      key: 'backward',
      title: 'Backward',
      help: 'One line for each input and weight: grad_x = grad * ..., or none. Empty: derived by the engine.',
      default: '',
      lines: 3,
      longest: 4000,
    },
    {
      type: 'text',
      key: 'outputs',
      title: 'Outputs',
      help: 'Names of several results; empty: the last line of Forward.',
      default: '',
      lines: 1,
      longest: 200,
      advanced: true,
    },
  ],
  inputs: (parameters) => names(text(parameters, 'inputs')),
  outputs(parameters) {
    const named = text(parameters, 'outputs').trim()
    return named === '' ? [lastLinePort] : names(named)
  },
  summary(parameters) {
    const line = text(parameters, 'forward').trim().split('\n').at(-1)?.trim() ?? ''
    if (line === '') return 'nothing yet'
    return line.length > 26 ? `${line.slice(0, 25)}…` : line
  },
  shape(inputs, parameters) {
    const reading = readOperator(parameters)
    if ('problem' in reading) return { error: { message: spokenProblem(reading.problem), mends: [] } }
    const fitted = fitOperator(reading.operator, inputs)
    return 'problem' in fitted
      ? { error: { message: spokenProblem(fitted.problem), mends: [] } }
      : { outputs: fitted.outputs }
  },
  weights(_inputs, parameters) {
    const reading = readOperator(parameters)
    if ('problem' in reading) return []
    return reading.operator.weights.map(({ name, shape, initial }) => ({ name, shape, initial }))
  },
  forward(call) {
    const operator = operatorOf(call.parameters)
    return operator.backward ? withOwnBackward(operator, call) : derived(operator, call)
  },
  cost(inputs, parameters) {
    const reading = readOperator(parameters)
    if ('problem' in reading) return noCost
    const fitted = fitOperator(reading.operator, inputs)
    return 'problem' in fitted ? noCost : fitted.cost
  },
  // An export writes the class of that name beside the model: a torch.autograd.Function where there is a backward.
  pytorch: () => 'CustomOperator()',
}

/** Tensors of a call as values with symbolic shapes: a size that has true lengths is a symbol of its own. */
class Tensors<T extends TensorMethods<T>> {
  readonly lengths = new Map<string, T>()
  readonly #names = new Map<T, string>()

  /** @param port null for a weight */
  value(port: string | null, tensor: T, call: ForwardCall<T>): Value<T> {
    if (port === null) return { known: tensorOf(tensor.shape), value: tensor }
    const shape: Shape = tensor.shape.map((size, axis) => {
      if (axis === 0) return batch
      const lengths = call.lengths(port, axis)
      if (!lengths) return size
      // The same lengths are handed out for the same size, so axes that agree get one symbol.
      const name = this.#names.get(lengths) ?? `L${this.#names.size + 1}`
      this.#names.set(lengths, name)
      const dim = symbol(name)
      this.lengths.set(formatDim(dim), lengths)
      return dim
    })
    return { known: tensorOf(shape), value: tensor }
  }
}

function valuesOf<T extends TensorMethods<T>>(
  operator: Operator,
  call: ForwardCall<T>,
  tensors: Tensors<T>,
  given: readonly T[],
): Map<string, Value<T>> {
  return new Map(
    gradientNames(operator).map((name, i) => {
      const port = i < operator.inputs.length ? name : null
      return [name, tensors.value(port, given[i] as T, call)]
    }),
  )
}

const givenTo = <T>(operator: Operator, { inputs, weights }: ForwardCall<T>): readonly T[] => [
  ...operator.inputs.map((name) => inputOf(inputs, name)),
  ...operator.weights.map(({ name }) => inputOf(weights, name)),
]

const tensorIn = <T>(scope: ReadonlyMap<string, Value<T>>, name: string): T => scope.get(name)?.value as T

function derived<T extends TensorMethods<T>>(operator: Operator, call: ForwardCall<T>): Record<string, T> {
  const tensors = new Tensors<T>()
  const given = valuesOf(operator, call, tensors, givenTo(operator, call))
  const machine = { ops: call.ops, lengths: tensors.lengths, rules: forwardRules }
  const scope = evaluateProgram(operator.forward, given, machine)
  return Object.fromEntries(
    operator.outputs.map((name, i) => [operator.outputPorts[i] ?? name, tensorIn(scope, name)]),
  )
}

function withOwnBackward<T extends TensorMethods<T>>(
  operator: Operator,
  call: ForwardCall<T>,
): Record<string, T> {
  const tensors = new Tensors<T>()
  let scope: ReadonlyMap<string, Value<T>> = new Map()
  const saved = savedNames(operator)
  const isTensor = (name: string): boolean => typeof scope.get(name)?.value !== 'number'
  const outputs = call.ops.customFunction(
    givenTo(operator, call),
    (given) => {
      const machine = { ops: call.ops, lengths: tensors.lengths, rules: forwardRules }
      scope = evaluateProgram(operator.forward, valuesOf(operator, call, tensors, given), machine)
      return {
        outputs: operator.outputs.map((name) => tensorIn(scope, name)),
        // Lengths too: they are let go when the forward pass has ended.
        saved: [...saved.filter(isTensor).map((name) => tensorIn(scope, name)), ...tensors.lengths.values()],
      }
    },
    (gradients, kept) => {
      const knownOf = (name: string): Value<T>['known'] => scope.get(name)?.known ?? tensorOf([])
      const given = new Map<string, Value<T>>()
      const tensorNames = saved.filter(isTensor)
      for (const name of saved) {
        const at = tensorNames.indexOf(name)
        const value = at < 0 ? (scope.get(name)?.value as number) : (kept[at] as T)
        given.set(name, { known: knownOf(name), value })
      }
      let i = 0
      for (const [gradient, output] of givenGradients(operator))
        given.set(gradient, { known: knownOf(output), value: gradients[i++] as T })
      const lengths = new Map(
        [...tensors.lengths.keys()].map((size, at) => [size, kept[tensorNames.length + at] as T]),
      )
      const machine = { ops: call.ops, lengths, rules: backwardRules }
      const results = evaluateProgram(operator.backward ?? [], given, machine)
      return gradientNames(operator).map(
        (name) => (results.get(`grad_${name}`)?.value as T | undefined) ?? null,
      )
    },
  )
  return Object.fromEntries(operator.outputPorts.map((port, i) => [port, outputs[i] as T]))
}
