import { native } from './addon.ts'
import type { Handle } from './addon.ts'
import { needFunction } from './guard.ts'

/**
 * The handle to free when V8 collects a tensor; 0 once it was disposed. A box that dispose() empties costs a
 * fifth of telling the registry to forget.
 */
export interface Net {
  id: Handle
}

/** What scopes and the safety net need to know about a tensor. */
export interface Owned {
  id: Handle
  kept: boolean
  /** Its gradient as JavaScript last saw it; goes when it goes. */
  heldGrad: Owned | null
  /** What the safety net will free; see Net. */
  net: Net | null
  dispose(): void
}

let current: Owned[] | null = null

// The net under tensors nobody disposed: their memory comes back when V8 collects the object.
const registry = new FinalizationRegistry<Net>((net) => {
  if (net.id !== 0) native.dispose(net.id)
})

/** Gives a new tensor to the innermost scope, or to the safety net outside of any. */
export function own(tensor: Owned): void {
  if (current) current.push(tensor)
  else ownOutside(tensor)
}

/** For tensors that belong to something else than a scope: only the safety net watches them. */
export function ownOutside(tensor: Owned): void {
  tensor.net = { id: tensor.id }
  registry.register(tensor, tensor.net)
}

/** The tensor is being disposed: nothing is left for the safety net. */
export function disown(tensor: Owned): void {
  if (tensor.net) tensor.net.id = 0
}

function collect(value: unknown, into: Set<unknown>, depth: number): void {
  if (value === null || typeof value !== 'object') return
  into.add(value)
  if (depth === 0) return
  if (Array.isArray(value)) for (const item of value) collect(item, into, depth - 1)
  else if (value instanceof Map) for (const item of value.values()) collect(item, into, depth - 1)
  else if (Object.getPrototypeOf(value) === Object.prototype)
    for (const item of Object.values(value)) collect(item, into, depth - 1)
}

function leave(mine: Owned[], result: unknown, outer: Owned[] | null): void {
  let survivors: Set<unknown> | null = null
  if (result !== null && typeof result === 'object') {
    survivors = new Set()
    collect(result, survivors, 3)
  }
  const gone: Handle[] = []
  for (const tensor of mine) {
    if (tensor.id === 0) continue
    if (tensor.kept) ownOutside(tensor)
    else if (survivors?.has(tensor)) {
      if (outer) outer.push(tensor)
      else ownOutside(tensor)
    } else {
      gone.push(tensor.id)
      tensor.id = 0
      if (tensor.heldGrad) {
        tensor.heldGrad.dispose()
        tensor.heldGrad = null
      }
    }
  }
  if (gone.length > 0) native.disposeMany(gone)
}

/**
 * Runs `body` and frees every tensor made inside, except those it returns (alone, or in arrays, maps and
 * plain objects up to three deep) and those given to `keep`. `body` must be synchronous.
 */
export function scope<T>(body: () => T): T {
  needFunction('scope', body)
  const outer = current
  const mine: Owned[] = []
  current = mine
  let result: T
  try {
    result = body()
    if (result instanceof Promise)
      throw new TypeError('[scope] the body returned a Promise, a scope must be synchronous')
  } catch (error) {
    current = outer
    leave(mine, null, outer)
    throw error
  }
  current = outer
  leave(mine, result, outer)
  return result
}

/** Takes a tensor out of every scope: whoever holds it disposes it. */
export function keep<T extends Owned>(tensor: T): T {
  tensor.kept = true
  return tensor
}
