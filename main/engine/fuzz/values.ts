/** What random calls are made on and with: a pool of tensors, and values of every kind, most of them wrong. */
import * as engine from '../index.ts'
import { native } from '../addon.ts'
import { below, chance, pick } from './random.ts'

const { Tensor } = engine
type Tensor = engine.Tensor

/** Thrown by the functions that are given to the engine. */
export class FuzzError extends Error {}

const dtypes: engine.DType[] = [
  'float32',
  'float32',
  'float64',
  'float64',
  'int64',
  'uint8',
  'bool',
  'bfloat16',
  'float16',
  'int32',
]
const numbers = [0, 1, 2, 3, -1, -2, 4, 0.5, 1.5, 0.1, NaN, Infinity, -Infinity, 1e9, -1e9, 2 ** 31, 2 ** 40, 2 ** 53, 1e308, -0] // prettier-ignore
export const randomDtype = (): engine.DType => pick(dtypes)
export const randomNumber = (): number => pick(numbers)
export const small = (): number => pick([0, 1, 2, 3, 1, 2, 3, 4, 5, -1, -2])
export const sizes = (): number[] => Array.from({ length: below(5) }, () => pick([0, 1, 2, 3, 4, 2, 3, 4]))

// ---- the pool -----------------------------------------------------------------------------------------

let pool: Tensor[] = []
// Most tensors of a round agree in shape and dtype, or hardly any call with two of them would get through.
let theme: { shape: number[]; dtype: engine.DType } = { shape: [], dtype: 'float32' }

export const randomTensor = (): Tensor => pick(pool)

export function freshTensor(
  shape: readonly number[] = chance(0.6) ? theme.shape : sizes(),
  dtype: engine.DType = chance(0.6) ? theme.dtype : randomDtype(),
): Tensor {
  let made = engine.rand(shape, { dtype: 'float64' })
  if (chance(0.5)) made = made.sub(0.5).mul(4)
  if (chance(0.1) && made.rank > 1) made = made.transpose(0, 1)
  if (chance(0.1) && made.rank > 0 && (made.shape[0] ?? 0) > 1) made = made.narrow(0, 1, 1)
  if (dtype === 'int64') made = made.mul(2)
  made = made.to(dtype)
  if (chance(0.3) && dtype.includes('float')) made = made.detach().requiresGrad_()
  return made
}

export const isAlive = (tensor: Tensor): boolean => tensor.id !== 0 && native.isAlive(tensor.id)

/** One that an op may well take beside `near`: as another operand, a weight, a scale, a state. */
export function kin(near: Tensor, dtype = near.dtype): Tensor {
  const shape = near.shape.map((size) => Math.min(size, 64))
  const last = shape.at(-1) ?? 1
  const other = small()
  return freshTensor(
    pick([
      shape,
      shape,
      shape,
      [last],
      [Math.abs(other), last],
      [...shape.slice(0, -2), last, Math.abs(other)],
      [Math.abs(other), shape[1] ?? 1, ...shape.slice(2).map(() => 1)],
      shape.slice(0, 1),
      shape.slice(1, 2),
      shape.map((size) => (chance(0.5) ? 1 : size)),
    ]),
    dtype,
  )
}

/** Whole numbers, most of them in 0..`below` - 1. */
export function indicesNear(near: Tensor, highest: number): Tensor {
  const shape = pick([near.shape, near.shape, near.shape.slice(0, 1), near.shape.slice(0, -1), [3]])
  return engine.randint(chance(0.1) ? -2 : 0, Math.max(highest, 1), shape)
}

/** Weights of a recurrent op over inputs as wide as `near`: its layers, or those of a cell. */
export function recurrentWeights(near: Tensor): object[] {
  const [width, hidden, gates] = [near.shape.at(-1) ?? 1, pick([1, 2]), pick([1, 3, 4])]
  const make = (...shape: number[]): Tensor => freshTensor(shape, near.dtype)
  return Array.from({ length: pick([1, 1, 2]) }, (_, layer) => ({
    inputHidden: make(gates * hidden, layer === 0 ? width : hidden),
    hiddenHidden: make(gates * hidden, hidden),
    ...(chance(0.5) && { biasInput: make(gates * hidden), biasHidden: make(gates * hidden) }),
  }))
}

export function fillPool(): void {
  const square = pick([1, 2, 3, 4])
  theme = {
    shape: chance(0.3) ? [square, square] : sizes(),
    dtype: chance(0.7) ? pick(['float32', 'float64']) : randomDtype(),
  }
  pool = Array.from({ length: 12 }, () => freshTensor())
}

export function emptyPool(): void {
  pool = []
}

/** Puts small living tensors among `result` into the pool. */
export function takeResult(result: unknown): void {
  for (const made of [result].flat(2))
    if (made instanceof Tensor && isAlive(made) && made.numel <= 512) pool[below(pool.length)] = made
}

/** Replaces what was disposed, and now and then something else; disposes one in fifty times. */
export function refreshPool(): void {
  pool.forEach((tensor, place) => {
    if (tensor.id === 0 || chance(0.02)) pool[place] = freshTensor()
  })
  if (chance(0.02)) randomTensor().dispose()
}

// ---- anything -----------------------------------------------------------------------------------------

const functions: ((...args: unknown[]) => unknown)[] = [
  (x) => x,
  () => 5,
  () => undefined,
  () => {
    throw new FuzzError('from the function')
  },
  (x) => (x instanceof Tensor ? x.mul(2).tanh() : x),
  (x, y) => (x instanceof Tensor && y instanceof Tensor ? x.matmul(y) : [x, y]),
  (x) => (x instanceof Tensor ? [x.sum(), x.exp()] : x),
]
export const randomFunction = () => pick(functions)

/** A list that contains itself. */
function loop(): unknown {
  const list: unknown[] = [1]
  list.push(list)
  return list
}

export function anything(): unknown {
  switch (below(13)) {
    case 0:
    case 1:
    case 2:
      return randomTensor()
    case 3:
      return randomNumber()
    case 4:
      return Array.from({ length: below(5) }, () => (chance(0.8) ? small() : randomNumber()))
    case 5:
      return Array.from({ length: below(4) }, randomTensor)
    case 6:
      return pick([null, undefined, true, false, '', 'text', 'mean', 'float32', 10n, Symbol('s')])
    case 7:
      return randomFunction()
    case 8:
      return pick([{}, { lr: 0.1 }, { shape: [2] }, loop(), new Map(), Promise.resolve(1).then(() => 1), Object.create(null)]) // prettier-ignore
    case 9:
      return pick([Float32Array.of(1, 2, 3), new Float64Array(0), BigInt64Array.of(1n), new Uint8Array(4), new DataView(new ArrayBuffer(8))]) // prettier-ignore
    case 10:
      return [[randomNumber(), small()], [small()]]
    case 11:
      return Object.assign(Object.create(Tensor.prototype) as object, { id: below(2 ** 30) })
    default:
      return small()
  }
}

/** A value as a line of text. */
export function describeValue(value: unknown, depth = 0): string {
  if (value instanceof Tensor) {
    if (!isAlive(value)) return 'Tensor(gone)'
    return `${String(value)}${value.requiresGrad ? '*' : ''}`
  }
  if (depth > 3) return '...'
  if (Array.isArray(value)) return `[${value.map((item) => describeValue(item, depth + 1)).join(', ')}]`
  if (typeof value === 'function' || typeof value === 'symbol' || typeof value === 'bigint')
    return String(value)
  if (ArrayBuffer.isView(value)) return value.constructor.name
  if (value !== null && typeof value === 'object')
    return `{${Object.entries(value).map(([k, v]) => `${k}: ${describeValue(v, depth + 1)}`).join(', ')}}` // prettier-ignore
  return Object.is(value, -0) ? '-0' : typeof value === 'string' ? `'${value}'` : String(value)
}
