import type { Tensor } from '../index.ts'
import type { Callable } from './callables.ts'
import { below, chance, pick } from './random.ts'
import {
  anything,
  freshTensor,
  indicesNear,
  isAlive,
  kin,
  randomDtype,
  randomFunction,
  randomNumber,
  randomTensor,
  recurrentWeights,
  sizes,
  small,
} from './values.ts'

/** How an argument of such a name is made; the first that matches counts. `near` is what the call is about. */
const kinds: readonly (readonly [RegExp, (near: Tensor, callable: Callable) => unknown])[] = [
  [
    /keepdim|training|bidirectional|requiresGrad|causal|corners|graph|largest|sorted|descending|fast|raise|trace|ceil|replacement|unused/i,
    () => chance(0.5),
  ],
  [/dtype/i, () => randomDtype()],
  [
    /^target$/,
    (near) => pick([() => like(near), () => indicesNear(near, near.shape[1] ?? 1), randomDtype])(),
  ],
  [
    /^kind$|mode|reduction|approximate|nonlinearity|activation|anneal/i,
    (_, { words }) => pick([...words, 'mean', 'sum', 'none']),
  ],
  [/mask|condition/i, (near) => kin(near, 'bool')],
  [/^index$/, (near) => (chance(0.6) ? indicesNear(near, near.shape[0] ?? 1) : small())],
  [/^(indices|tokens|labels)$/i, (near) => indicesNear(near, near.shape[0] ?? 1)],
  [
    /lengths/,
    (near) => {
      const [rows = 1, longest = 1] = near.shape
      const lengths = Array.from({ length: rows }, () => 1 + below(Math.max(longest, 1)))
      return chance(0.5) ? lengths : indicesNear(near, longest + 1)
    },
  ],
  [
    /^weights$/,
    (near, { options }) => (options.includes('weights') ? recurrentWeights(near) : recurrentWeights(near)[0]),
  ],
  [/^state$/, (near) => (chance(0.5) ? kin(near) : [kin(near), kin(near)])],
  [
    /^dims?$|dim$|dim[ABs]$/i,
    ({ rank }) => (chance(0.8) ? below(Math.max(rank, 1)) - (chance(0.2) ? rank : 0) : small()),
  ],
  [
    /^(start|k|from|to|length|groups|classes|count|step|steps|size|diagonal|offset|samples|rows|cols|low|high)$/i,
    () => (chance(0.85) ? small() : pick([sizes(), randomTensor(), randomNumber()])),
  ],
  [/normalizedShape/, ({ shape }) => shape.slice(-1 - below(2))],
  [
    /shape|size|kernel|stride|padding|dilation|pad$|order|repeats|sections|dims/i,
    () => (chance(0.5) ? sizes() : small()),
  ],
  [
    /tensors|params|inputs|outputs/i,
    (near) => Array.from({ length: pick([0, 1, 1, 2, 3]) }, () => operand(near)),
  ],
  [/^(fn|body|hook|callback)$/, () => randomFunction()],
  [
    /lr|eps|beta|alpha|momentum|decay|^p$|prob|scale|delta|value|min|max|mean|std|gamma|atol|rtol|seed|factor|exponent|scalar/i,
    () => (chance(0.8) ? pick([0, 0.1, 0.5, 0.9, 1, 2]) : randomNumber()),
  ],
]

const like = (near: Tensor): Tensor => freshTensor(near.shape, near.dtype)
const operand = (near: Tensor): Tensor => (chance(0.6) ? kin(near) : randomTensor())
const isOptions = (name: string): boolean => /options$/i.test(name) || name.startsWith('{')

function argument(name: string, callable: Callable, near: Tensor): unknown {
  if (chance(0.07)) return anything()
  if (isOptions(name)) {
    const options: Record<string, unknown> = {}
    for (const option of callable.options)
      if (chance(0.5) || option === 'weights') options[option] = argument(option, callable, near)
    return chance(0.1) ? undefined : options
  }
  const plain = name.replace(/^\.\.\./, '')
  const make = kinds.find(([pattern]) => pattern.test(plain))?.[1]
  return make ? make(near, callable) : operand(near)
}

/** Arguments as their names suggest, most of the time. Functions that are no methods mostly get `self` first. */
export function makeArguments(callable: Callable, self: Tensor): unknown[] {
  const { name, parameters, required } = callable
  const near = isAlive(self) ? self : freshTensor()
  const count = chance(0.05) ? below(6) : chance(0.4) ? required : parameters.length
  return Array.from({ length: count }, (_, index) =>
    index === 0 && parameters[0] === 'x' && !name.startsWith('Tensor.') && chance(0.8)
      ? self
      : argument(parameters[index] ?? 'other', callable, near),
  )
}
