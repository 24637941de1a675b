/** What may be called, read from the modules and prototypes themselves: a new op is covered without being named. */
import * as engine from '../index.ts'
import { below, chance, pick } from './random.ts'
import { anything } from './values.ts'

const { Tensor } = engine
type Tensor = engine.Tensor
type Anything = (...args: unknown[]) => unknown

export interface Callable {
  name: string
  /** Names of the parameters and of the options, and string constants, as the source has them. */
  parameters: string[]
  /** How many of them must be given. */
  required: number
  options: string[]
  words: string[]
  call(self: Tensor, args: unknown[]): unknown
}

function describe(name: string, fn: Anything, call: Callable['call']): Callable {
  const source = String(fn)
  const head = /^[^(]*\(([^)]*)\)/.exec(source)?.[1] ?? ''
  const parts = head
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
  const parameters = parts.map((part) => part.replace(/[=:].*$/s, '').trim())
  const optional = parts.findIndex((part) => /=|options|^\{/.test(part))
  const options = new Set<string>()
  for (const match of source.matchAll(/[oO]ptions\??\.(\w+)/g)) options.add(match[1] as string)
  for (const match of source.matchAll(/\{([^{}]*)\}\s*=\s*\w*[oO]ptions/g))
    for (const part of (match[1] as string).split(',')) options.add(part.trim().split(/[\s=:]/)[0] as string)
  const words = [...source.matchAll(/'([A-Za-z]\w*)'/g)].map((match) => match[1] as string)
  if (/\brun\(/.test(source))
    // whole-sequence recurrent ops hand their options on
    for (const name of ['weights', 'lengths', 'bidirectional', 'dropout', 'training']) options.add(name)
  const required = optional < 0 ? parts.length : optional
  return { name, parameters, required, options: [...options].filter(Boolean), words, call }
}

// They change what the run itself rests on.
const leftOut = new Set(['keep', 'scope', 'setDeviceOptions', 'setMemoryLimit', 'setThreads'])
const isClass = (value: unknown): boolean => typeof value === 'function' && /^class\b/.test(String(value))

/** Makes one, and calls a few of its methods. */
function callClass(name: string, Class: new (...args: unknown[]) => object): Callable {
  return describe(name, Class as unknown as Anything, (self, args) => {
    const given = chance(0.7) ? [[self], ...args.slice(1)] : args
    const made = new Class(...given) as Record<string, unknown>
    try {
      const methods = Object.getOwnPropertyNames(Object.getPrototypeOf(made) as object)
      for (let i = below(4); i >= 0; i--) {
        const method = pick([...methods, 'step', 'zeroGrad', 'state'])
        const run = made[method]
        if (typeof run === 'function' && method !== 'constructor')
          (run as Anything).apply(made, chance(0.7) ? [] : [anything()])
      }
    } finally {
      if (typeof made['dispose'] === 'function') (made['dispose'] as Anything).call(made)
    }
  })
}

function inModule(prefix: string, holder: object): Callable[] {
  return Object.entries(holder).flatMap(([name, value]: [string, unknown]) => {
    if (leftOut.has(name)) return []
    if (isClass(value)) {
      if (name === 'Tensor' || name === 'Function' || name === 'FunctionContext') return []
      return [callClass(prefix + name, value as new (...args: unknown[]) => object)]
    }
    if (typeof value === 'function') {
      const fn = value as Anything
      return [describe(prefix + name, fn, (_, args) => fn(...args))]
    }
    if (value !== null && typeof value === 'object' && prefix.split('.').length < 3)
      return inModule(`${prefix}${name}.`, value)
    return []
  })
}

function ofTensor(): Callable[] {
  const found: Callable[] = []
  for (const [property, entry] of Object.entries(Object.getOwnPropertyDescriptors(Tensor.prototype))) {
    if (property === 'constructor') continue
    const name = `Tensor.${property}`
    const { get, set } = entry
    if (typeof entry.value === 'function') {
      const method = entry.value as Anything
      found.push(describe(name, method, (self, args) => method.apply(self, args)))
    }
    if (get)
      found.push(
        describe(
          name,
          () => 0,
          (self) => get.call(self) as unknown,
        ),
      )
    if (set)
      found.push(
        describe(
          `${name}=`,
          (value) => value,
          (self, args) => set.call(self, args[0]),
        ),
      )
  }
  return found
}

/** A custom function that saves, returns and gives back whatever comes. */
const customFunction: Callable = {
  name: 'Function.apply',
  parameters: [],
  required: 0,
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
}

export function findCallables(): Callable[] {
  return [...inModule('', engine), ...ofTensor(), customFunction].sort((a, b) => (a.name < b.name ? -1 : 1))
}
