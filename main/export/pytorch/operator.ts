/** A custom operator as Python: a module, and a `torch.autograd.Function` where its gradient was written by hand. */
import { UserError } from '../../common/errors.ts'
import { forwardRules } from '../../common/expression/check.ts'
import { operationOf } from '../../common/expression/functions.ts'
import { gradientNames, operatorOf, savedNames, givenGradients } from '../../common/expression/operator.ts'
import type { Assignment, Call, Expression, Program } from '../../common/expression/tree.ts'
import type { Step } from '../../common/plan.ts'
import { lengthsIn } from './lengths.ts'
import { pythonName } from './names.ts'

const infix = new Set(['+', '-', '*', '/', '**', '<', '<=', '>', '>='])
/** Functions of torch by the same name. */
const sameName = new Set(['exp', 'log', 'sqrt', 'abs', 'square', 'sign', 'sin', 'cos', 'tanh', 'sigmoid', 'relu', 'erf', 'matmul']) // prettier-ignore
/** Operations that look along an axis, which may hold padding. */
const along = new Set(['sum', 'mean', 'softmax', 'matmul'])

export interface OperatorCode {
  /** Names of the inputs, in the order of the ports. */
  inputs: string[]
  /** Lines of the module's `__init__` and `forward`, and of the function before it, which is called `<name>Function`. */
  init: string[]
  forward: string[]
  function: string[]
}

/** @throws UserError `export/operator` where true lengths would have to be known */
export function operatorCode(step: Step, className: string): OperatorCode {
  const operator = operatorOf(step.parameters)
  const programs = [...operator.forward, ...(operator.backward ?? [])]
  const ragged = Object.values(step.shapes).some((shape) => shape.some((dim) => lengthsIn(dim) !== null))
  if (ragged && programs.some(({ value }) => value && callsIn(value).some(({ name }) => along.has(name))))
    throw new UserError({
      code: 'export/operator',
      what: `“${step.title}” (${step.id}) sums along an axis whose length differs from sample to sample, and its formula does not say what of that is padding in PyTorch.`,
      mend: 'Use a Global pool or an attention layer there, or give the data one length.',
    })
  const used = new Set<string>()
  const names = new Map<string, string>()
  for (const name of [...gradientNames(operator), ...programs.map((line) => line.name)])
    if (!names.has(name)) names.set(name, pythonName(name, used))
  for (const name of givenGradients(operator).keys()) names.set(name, name)
  const named = (name: string): string => names.get(name) ?? name
  const inputs = operator.inputs.map(named)
  const python = new Python(named, new Set(operator.inputs))
  const forward = python.program(operator.forward)
  const results = operator.outputs.map(named).join(', ')
  const weights = operator.weights.map(({ name }) => name)
  const init = operator.weights.map(
    ({ name, shape }) => `self.${named(name)} = nn.Parameter(torch.empty(${shape.join(', ')}))`,
  )
  if (!operator.backward) {
    const own = weights.map((name) => `${named(name)} = self.${named(name)}`)
    return { inputs, init, forward: [...own, ...forward, `return ${results}`], function: [] }
  }
  const isNumber = (name: string): boolean => python.numbers.has(name)
  const saved = savedNames(operator).filter((name) => !isNumber(name))
  const backward = python.program(operator.backward)
  const gradients = [...givenGradients(operator).keys()]
  const numbers = operator.forward.filter(({ name }) => isNumber(name))
  const given = gradientNames(operator).map(named)
  const wanted = gradientNames(operator).map((name) => `grad_${name}`)
  const none = new Set(operator.backward.filter(({ value }) => value === null).map(({ name }) => name))
  return {
    inputs,
    init,
    forward: [
      `return ${className}Function.apply(${[...operator.inputs.map(named), ...weights.map((name) => `self.${named(name)}`)].join(', ')})`,
    ],
    function: [
      '@staticmethod',
      `def forward(ctx, ${given.join(', ')}):`,
      ...[...forward, `ctx.save_for_backward(${saved.map(named).join(', ')})`, `return ${results}`].map(
        indent,
      ),
      '',
      '@staticmethod',
      `def backward(ctx, ${gradients.join(', ')}):`,
      ...[
        ...(saved.length > 0
          ? [`${saved.map(named).join(', ')}${saved.length === 1 ? ',' : ''} = ctx.saved_tensors`]
          : []),
        ...new Python(named, new Set()).program(numbers),
        ...backward,
        `return ${wanted.map((name) => (none.has(name) ? 'None' : named(name))).join(', ')}`,
      ].map(indent),
    ],
  }
}

const indent = (line: string): string => (line === '' ? '' : `    ${line}`)

function callsIn(expression: Expression): Call[] {
  return expression.kind === 'call' ? [expression, ...expression.operands.flatMap(callsIn)] : []
}

/** Writes programs; knows which names are numbers, and which have the batch in front. */
class Python {
  readonly numbers = new Map<string, number>()
  readonly #named: (name: string) => string
  readonly #batched: Set<string>

  constructor(named: (name: string) => string, batched: Set<string>) {
    this.#named = named
    this.#batched = batched
  }

  program(lines: Program): string[] {
    return lines.flatMap((line) => this.#line(line))
  }

  #line({ name, value }: Assignment): string[] {
    if (!value) return []
    const number = this.#number(value)
    if (number !== null) this.numbers.set(name, number)
    if (this.#hasBatch(value)) this.#batched.add(name)
    return [`${this.#named(name)} = ${this.#write(value, false)}`]
  }

  /** The value of what holds no tensor; null else. */
  #number(expression: Expression): number | null {
    if (expression.kind === 'number') return expression.value
    if (expression.kind === 'name') return this.numbers.get(expression.name) ?? null
    const operands = expression.operands.map((operand) => this.#number(operand))
    if (operands.length === 0 || operands.some((operand) => operand === null)) return null
    const known = operands.map((constant) => ({ shape: [], condition: false, constant }))
    return operationOf(expression).known(known, expression, forwardRules).constant
  }

  #hasBatch(expression: Expression): boolean {
    if (expression.kind === 'number') return false
    if (expression.kind === 'name')
      return expression.name.startsWith('grad') || this.#batched.has(expression.name)
    const { name, numbers, operands } = expression
    if ((name === 'sum' || name === 'mean') && numbers[0] === 0) return false
    return operands.some((operand) => this.#hasBatch(operand))
  }

  #write(expression: Expression, inner = true): string {
    const number = this.#number(expression)
    if (number !== null && expression.kind !== 'name')
      return number < 0 && inner ? `(${number})` : String(number)
    if (expression.kind === 'name') return this.#named(expression.name)
    return expression.kind === 'call' ? this.#call(expression, inner) : ''
  }

  #call({ name, operands, numbers, keep }: Call, inner: boolean): string {
    const written = operands.map((operand) => this.#write(operand))
    const [first = '', second = ''] = written
    const bare = operands.map((operand) => this.#write(operand, false))
    if (infix.has(name)) return inner ? `(${first} ${name} ${second})` : `${first} ${name} ${second}`
    if (name === '-x') return inner ? `(-${first})` : `-${first}`
    if (sameName.has(name)) return `torch.${name}(${bare.join(', ')})`
    switch (name) {
      case 'maximum':
      case 'minimum': {
        const at = operands.findIndex((operand) => this.#number(operand) !== null)
        if (at < 0) return `torch.${name}(${bare.join(', ')})`
        return `torch.clamp(${bare[1 - at]}, ${name === 'maximum' ? 'min' : 'max'}=${bare[at]})`
      }
      case 'sum':
      case 'mean':
        return `${first}.${name}(${numbers[0]}${keep ? ', keepdim=True' : ''})`
      case 'softmax':
        return `torch.softmax(${bare[0]}, ${numbers[0]})`
      case 'transpose':
        return `${first}.transpose(${numbers.join(', ')})`
      case 'reshape': {
        const sizes = operands[0] && this.#hasBatch(operands[0]) ? [`${first}.shape[0]`, ...numbers] : numbers
        return `${first}.reshape(${sizes.join(', ')})`
      }
      case 'clamp':
        return `torch.clamp(${bare[0]}, ${numbers.join(', ')})`
      case 'where':
        return `torch.where(${bare.join(', ')})`
      default:
        throw new Error(`[export] ${name} has no form in PyTorch`)
    }
  }
}
