/**
 * Random calls over the whole public face, run by fuzz.test.ts in a process of its own:
 *
 *     node main/engine/fuzz.ts SEED CALLS FILE
 *
 * What may be called is read from the modules and prototypes themselves, so a new op is covered without being
 * named here. Before each call its text goes into FILE: after a crash that is the one. Prints a JSON report.
 */
import { openSync, writeSync } from 'node:fs'
import * as engine from './index.ts'
import { native } from './addon.ts'

const { scope, Tensor } = engine
type Tensor = engine.Tensor

export interface FuzzReport {
  calls: number
  /** Calls that returned; the rest threw as they should. */
  returned: number
  callables: number
  /** What must not be: `callable: what happened`, each once, with how often and the first call. */
  faults: Record<string, { count: number; first: string }>
}

// ---- random choices, from one seed --------------------------------------------------------------------

let state = 1
function random(): number {
  // Mulberry32.
  state = (state + 0x6d2b79f5) | 0
  let t = Math.imul(state ^ (state >>> 15), 1 | state)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
}
const below = (count: number): number => Math.floor(random() * count)
const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T
const chance = (p: number): boolean => random() < p

// ---- what may be called -------------------------------------------------------------------------------

type Anything = (...args: unknown[]) => unknown
interface Callable {
  name: string
  parameters: string[]
  options: string[]
  words: string[]
  call(self: Tensor, args: unknown[]): unknown
}

/** Names of parameters and options, and string constants, as the source has them. */
function describe(name: string, fn: Anything, call: Callable['call']): Callable {
  const source = String(fn)
  const head = /^[^(]*\(([^)]*)\)/.exec(source)?.[1] ?? ''
  const parameters = head
    .split(',')
    .map((part) =>
      part
        .trim()
        .replace(/[=:].*$/s, '')
        .trim(),
    )
    .filter((part) => part !== '')
  const options = new Set<string>()
  for (const match of source.matchAll(/[oO]ptions\??\.(\w+)/g)) options.add(match[1] as string)
  for (const match of source.matchAll(/\{([^{}]*)\}\s*=\s*\w*[oO]ptions/g))
    for (const part of (match[1] as string).split(',')) options.add(part.trim().split(/[\s=:]/)[0] as string)
  const words = [...source.matchAll(/'([A-Za-z]\w*)'/g)].map((match) => match[1] as string)
  return { name, parameters, options: [...options].filter(Boolean), words, call }
}

// They change what the run itself rests on.
const leftOut = new Set(['keep', 'scope', 'setMemoryLimit', 'setThreads'])

function collect(): Callable[] {
  const found: Callable[] = []
  const isClass = (value: unknown): boolean => typeof value === 'function' && /^class\b/.test(String(value))
  const addAll = (prefix: string, holder: object): void => {
    for (const [name, value] of Object.entries(holder)) {
      if (leftOut.has(name)) continue
      if (isClass(value)) {
        const Class = value as new (...args: unknown[]) => object
        if (name === 'Tensor' || name === 'Function' || name === 'FunctionContext') continue
        found.push(
          describe(prefix + name, Class as unknown as Anything, (self, args) => {
            const made = new Class(...(chance(0.7) ? [[self], ...args.slice(1)] : args)) as Record<
              string,
              unknown
            >
            try {
              const methods = Object.getOwnPropertyNames(Object.getPrototypeOf(made) as object)
              for (let i = below(4); i >= 0; i--) {
                const method = pick([...methods, 'step', 'zeroGrad', 'state'])
                const run = made[method]
                if (typeof run === 'function' && method !== 'constructor')
                  (run as Anything).apply(made, chance(0.7) ? [] : [anything()])
              }
            } finally {
              if (typeof made.dispose === 'function') (made.dispose as Anything).call(made)
            }
          }),
        )
      } else if (typeof value === 'function') {
        found.push(describe(prefix + name, value as Anything, (_, args) => (value as Anything)(...args)))
      } else if (value !== null && typeof value === 'object' && prefix.split('.').length < 3) {
        addAll(`${name}.`, value as object)
      }
    }
  }
  addAll('', engine)
  for (const [name, entry] of Object.entries(Object.getOwnPropertyDescriptors(Tensor.prototype))) {
    if (name === 'constructor') continue
    if (typeof entry.value === 'function') {
      const method = entry.value as Anything
      found.push(describe(`Tensor.${name}`, method, (self, args) => method.apply(self, args)))
    }
    const { get, set } = entry
    if (get)
      found.push(
        describe(
          `Tensor.${name}`,
          () => 0,
          (self) => get.call(self) as unknown,
        ),
      )
    if (set)
      found.push(
        describe(
          `Tensor.${name}=`,
          (value) => value,
          (self, args) => set.call(self, args[0]),
        ),
      )
  }
  found.push({
    name: 'Function.apply',
    parameters: [],
    options: [],
    words: [],
    call: (self, args) => {
      class Fuzzed extends engine.Function {
        static forward(ctx: engine.FunctionContext, ...inputs: unknown[]): Tensor {
          if (chance(0.5)) ctx.saveForBackward(self)
          return chance(0.8) ? self.mul(2) : (pick(inputs) as Tensor)
        }
        static backward(ctx: engine.FunctionContext, gradient: Tensor): Tensor[] {
          return chance(0.5) ? [gradient, ...ctx.savedTensors] : [pick(args) as Tensor]
        }
      }
      const result = Fuzzed.apply(self, ...args.slice(0, below(3)))
      if (chance(0.5)) result.sum().backward()
      return result
    },
  })
  return found.sort((a, b) => (a.name < b.name ? -1 : 1))
}

// ---- arguments ----------------------------------------------------------------------------------------

let pool: Tensor[] = []
const dtypes = [
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
const small = (): number => pick([0, 1, 2, 3, 1, 2, 3, 4, 5, -1, -2])
const sizes = (): number[] => Array.from({ length: below(5) }, () => pick([0, 1, 2, 3, 4, 2, 3, 4]))

function freshTensor(): Tensor {
  const dtype = pick(dtypes) as engine.DType
  let made = engine.rand(sizes(), { dtype: 'float64' })
  if (chance(0.5)) made = made.sub(0.5).mul(4)
  if (chance(0.1) && made.rank > 1) made = made.transpose(0, 1)
  if (chance(0.1) && made.rank > 0 && (made.shape[0] ?? 0) > 1) made = made.narrow(0, 1, 1)
  if (dtype === 'int64') made = made.mul(2)
  made = made.to(dtype)
  if (chance(0.3) && dtype.startsWith('float')) made = made.detach().requiresGrad_()
  return made
}

class FuzzError extends Error {}
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

function cycle(): unknown {
  const list: unknown[] = [1]
  list.push(list)
  return list
}

function anything(): unknown {
  switch (below(13)) {
    case 0:
    case 1:
    case 2:
      return pick(pool)
    case 3:
      return pick(numbers)
    case 4:
      return Array.from({ length: below(5) }, () => (chance(0.8) ? small() : pick(numbers)))
    case 5:
      return Array.from({ length: below(4) }, () => pick(pool))
    case 6:
      return pick([null, undefined, true, false, '', 'text', 'mean', 'float32', 10n, Symbol('s')])
    case 7:
      return pick(functions)
    case 8:
      return pick([{}, { lr: 0.1 }, { shape: [2] }, cycle(), new Map(), Promise.resolve(1).then(() => 1), Object.create(null)]) // prettier-ignore
    case 9:
      return pick([Float32Array.of(1, 2, 3), new Float64Array(0), BigInt64Array.of(1n), new Uint8Array(4), new DataView(new ArrayBuffer(8))]) // prettier-ignore
    case 10:
      return [[pick(numbers), small()], [small()]]
    case 11:
      return Object.assign(Object.create(Tensor.prototype) as object, { id: below(2 ** 30) })
    default:
      return small()
  }
}

const isOptions = (name: string): boolean => /options$/i.test(name) || name.startsWith('{')

/** An argument as its name suggests, most of the time. */
function argument(name: string, callable: Callable): unknown {
  if (chance(0.15)) return anything()
  if (isOptions(name) || (callable.options.length > 0 && chance(0.05))) {
    const options: Record<string, unknown> = {}
    for (const option of callable.options) if (chance(0.5)) options[option] = argument(option, callable)
    return chance(0.2) ? undefined : options
  }
  const plain = name.replace(/^\.\.\./, '')
  if (
    /^(dims?|start|end|index|a|b|k|length|groups|classes|count|step|size|diagonal)$|dim$|dim[ABs]$/i.test(
      plain,
    )
  )
    return chance(0.85) ? small() : pick([sizes(), pick(pool), pick(numbers)])
  if (/shape|size|kernel|stride|padding|dilation|pad$|order|repeats|sections|dims/i.test(plain))
    return chance(0.5) ? sizes() : small()
  if (
    /keepdim|training|bidirectional|requiresGrad|causal|corners|graph|largest|sorted|descending|fast|raise|trace|ceil/i.test(
      plain,
    )
  )
    return chance(0.5)
  if (/dtype/i.test(plain)) return pick(dtypes)
  if (/mode|reduction|kind|approximate|nonlinearity/i.test(plain))
    return pick([...callable.words, 'mean', 'sum', 'none', 'text'])
  if (/tensors|params|inputs|outputs/i.test(plain)) return Array.from({ length: below(4) }, () => pick(pool))
  if (/^(fn|body|hook|callback)$/.test(plain)) return pick(functions)
  if (
    /lr|eps|beta|alpha|momentum|decay|^p$|prob|scale|delta|value|min|max|low|high|mean|std|gamma|atol|rtol|seed/i.test(
      plain,
    )
  )
    return chance(0.8) ? pick([0, 0.1, 0.5, 0.9, 1, 2]) : pick(numbers)
  if (/lengths/.test(plain)) return chance(0.5) ? sizes() : pick(pool)
  return chance(0.8) ? pick(pool) : anything()
}

function text(value: unknown, depth = 0): string {
  if (value instanceof Tensor) {
    if (value.id === 0 || !native.isAlive(value.id)) return 'Tensor(gone)'
    return `${String(value)}${value.requiresGrad ? '*' : ''}`
  }
  if (depth > 3) return '...'
  if (Array.isArray(value)) return `[${value.map((item) => text(item, depth + 1)).join(', ')}]`
  if (typeof value === 'function' || typeof value === 'symbol' || typeof value === 'bigint')
    return String(value)
  if (ArrayBuffer.isView(value)) return value.constructor.name
  if (value !== null && typeof value === 'object')
    return `{${Object.entries(value).map(([k, v]) => `${k}: ${text(v, depth + 1)}`).join(', ')}}` // prettier-ignore
  return Object.is(value, -0) ? '-0' : typeof value === 'string' ? `'${value}'` : String(value)
}

// ---- the run ------------------------------------------------------------------------------------------

/**
 * Errors the engine may throw: with a code, or a TypeError or RangeError that says where. Optimizers are classes of
 * plain TypeScript around native state; theirs may also be JavaScript's own complaint about an argument.
 */
function isExpected(error: unknown, callable: string): boolean {
  if (error instanceof FuzzError) return true
  if (!(error instanceof Error)) return false
  const { code } = error as { code?: unknown }
  const says = /^\[[\w. ]+\] /.test(error.message)
  if (typeof code === 'string') return says && /^TAPE_[A-Z]+$/.test(code)
  return (
    (error instanceof TypeError || error instanceof RangeError) &&
    (says || /^(optim|schedule)\./.test(callable))
  )
}

export function fuzz(seed: number, calls: number, file: string): FuzzReport {
  state = seed
  engine.manualSeed(seed)
  const log = openSync(file, 'w')
  const callables = collect()
  const report: FuzzReport = { calls: 0, returned: 0, callables: callables.length, faults: {} }
  const fault = (what: string, call: string): void => {
    const entry = (report.faults[what] ??= { count: 0, first: call })
    entry.count++
  }
  const limit = (engine as { setMemoryLimit?: (bytes: number) => void }).setMemoryLimit
  limit?.(64 << 20)
  const live = (): string => {
    const { liveTensors, liveNodes } = engine.memoryStats()
    return `${engine.liveTensors()} handles, ${liveTensors} tensors, ${liveNodes} nodes`
  }
  while (report.calls < calls) {
    const before = live()
    let last = ''
    const round: string[] = []
    scope(() => {
      pool = Array.from({ length: 12 }, freshTensor)
      for (let i = 0; i < 50 && report.calls < calls; i++) {
        const callable = pick(callables)
        const self = pick(pool)
        const count = chance(0.9) ? callable.parameters.length : below(6)
        const args = Array.from({ length: count }, (_, index) => argument(callable.parameters[index] ?? 'x', callable)) // prettier-ignore
        last = `${callable.name} on ${text(self)} with (${args.map((arg) => text(arg)).join(', ')})`
        round.push(last)
        writeSync(log, `seed ${seed} call ${report.calls}: ${last}`.padEnd(2000).slice(0, 2000), 0)
        report.calls++
        try {
          const result = callable.call(self, args)
          report.returned++
          for (const made of [result].flat(2))
            if (made instanceof Tensor && made.id !== 0 && native.isAlive(made.id) && made.numel <= 512)
              pool[below(pool.length)] = made
          if (result instanceof Promise) result.catch(() => 0)
        } catch (error) {
          if (!isExpected(error, callable.name)) {
            const { name, message } =
              error instanceof Error ? error : { name: 'thrown', message: String(error) }
            fault(`${callable.name}: ${name}: ${message.slice(0, 160)}`, last)
          }
        }
        if (!engine.isGradEnabled() || native.inCheckpoint()) {
          fault(`${callable.name}: left a mode behind`, last)
          native.setGradEnabled(true)
        }
        pool.forEach((tensor, place) => {
          if (tensor.id === 0 || chance(0.02)) pool[place] = freshTensor()
        })
        if (chance(0.02)) pick(pool).dispose()
      }
      pool = []
    })
    if (live() !== before) fault(`leak: ${before} before a round, ${live()} after it`, round.join('\n'))
  }
  limit?.(0)
  return report
}

if (process.argv[1]?.endsWith('fuzz.ts')) {
  const [seed = '1', calls = '1000', file = '/dev/null'] = process.argv.slice(2)
  process.stdout.write(JSON.stringify(fuzz(Number(seed), Number(calls), file)))
}
