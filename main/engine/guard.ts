type Anything = (this: unknown, ...args: unknown[]) => unknown

const isOurs = (error: Error): boolean =>
  error.message.startsWith('[') || String((error as { code?: unknown }).code).startsWith('TAPE_')

/** The error to throw for `error`: JavaScript's own complaints about an argument get the function's name. */
function located(where: string, error: unknown): unknown {
  if (!(error instanceof Error) || isOurs(error)) return error
  const missing = /^Cannot read properties of (undefined|null) \(reading 'id'\)/.exec(error.message)
  const what = missing ? `expected a Tensor, got ${missing[1]}` : error.message
  return new TypeError(`[${where}] ${what}, check the arguments`, { cause: error })
}

/** Runs `body`; an argument of a wrong kind in it is a TypeError that begins with `[where]`. */
export function guarding<T>(where: string, body: () => T): T {
  try {
    return body()
  } catch (error) {
    throw located(where, error)
  }
}

function guardOne(where: string, fn: Anything): Anything {
  // Spelled out: a closure for each call would cost more than a small op.
  const guarded: Anything = function (...args) {
    try {
      return fn.apply(this, args)
    } catch (error) {
      throw located(where, error)
    }
  }
  // Its source is what documentation and the fuzz test read.
  guarded.toString = () => fn.toString()
  return Object.defineProperty(guarded, 'name', { value: where })
}

/**
 * The same functions, but an argument of a wrong kind (undefined for a tensor, a number for a list) is a
 * TypeError that says which function it was given to. Not for functions that call back: what the caller's own
 * code throws goes through them unchanged.
 */
export function guard<T extends object>(functions: T): T {
  return Object.fromEntries(
    Object.entries(functions).map(([name, value]) => [
      name,
      typeof value === 'function' ? guardOne(name, value as Anything) : (value as unknown),
    ]),
  ) as T
}

/** The same for the methods of a class, in place; `except` are those that call back. */
export function guardMethods(prototype: object, except: readonly string[]): void {
  for (const [name, entry] of Object.entries(Object.getOwnPropertyDescriptors(prototype)))
    if (typeof entry.value === 'function' && name !== 'constructor' && !except.includes(name))
      Object.defineProperty(prototype, name, { ...entry, value: guardOne(name, entry.value as Anything) })
}

/** For functions that call back. */
export function needFunction(where: string, value: unknown): void {
  if (typeof value !== 'function')
    throw new TypeError(`[${where}] expected a function to call, got ${kindOf(value)}`)
}

/** `null`, `an array`, `number`, ... */
export const kindOf = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'an array' : typeof value
