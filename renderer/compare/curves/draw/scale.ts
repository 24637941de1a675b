/** An axis as pixels: where a value stands, linear or logarithmic. Pure. */
import type { Domain } from '../../../charts/ticks.ts'
import { lowerBound } from '../axis.ts'
import { straight } from '../view.ts'

export interface Scale {
  readonly domain: Domain
  readonly log: boolean
  /** Pixels that the domain covers. */
  readonly size: number
  /** Whether values grow towards pixel 0: up a vertical axis. */
  readonly up: boolean
}

/** NaN where a value has no place on a logarithmic axis. */
export function placer({ domain, log, size, up }: Scale): (value: number) => number {
  const [low, high] = [straight(domain[0], log), straight(domain[1], log)]
  const perUnit = high > low ? size / (high - low) : 0
  const place = log
    ? (value: number) => (value > 0 ? (Math.log10(value) - low) * perUnit : NaN)
    : (value: number) => (value - low) * perUnit
  return up ? (value) => size - place(value) : place
}

/** First and last index that the axis shows, and one beyond either end: the line goes on there. */
export function shownOf(x: ArrayLike<number>, { domain: [low, high] }: Scale): [from: number, to: number] {
  return [Math.max(0, lowerBound(x, low) - 1), Math.min(x.length - 1, lowerBound(x, high))]
}

/** What stretches and shifts pixels of one scale onto those of another; null where they are not the same kind. */
export function between(from: Scale, to: Scale): { scale: number; shift: number } | null {
  if (from.log !== to.log || from.up !== to.up) return null
  const ends = (scale: Scale): Domain => [
    straight(scale.domain[0], scale.log),
    straight(scale.domain[1], scale.log),
  ]
  const [a0, a1] = ends(from)
  const [b0, b1] = ends(to)
  if (!(a1 > a0) || !(b1 > b0)) return null
  const scale = ((a1 - a0) / (b1 - b0)) * (to.size / from.size)
  const shift = to.up ? ((b1 - a1) / (b1 - b0)) * to.size : ((a0 - b0) / (b1 - b0)) * to.size
  return { scale, shift }
}
