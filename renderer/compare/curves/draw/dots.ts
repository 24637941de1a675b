/** Points of a curve that have a dot: each where there are few, and one alone, which has no line, a larger one. Pure. */
import type { Curve } from '../curve.ts'
import { placer, shownOf, type Scale } from './scale.ts'

/** Pixels. */
const radii = { alone: 4.5, among: 2.4 }

/** A line through up to so many points on the screen has a dot at each. */
const fewPoints = 40

export interface Dots {
  radius: number
  places: readonly (readonly [x: number, y: number])[]
}

export function dotsOf(curve: Curve, x: Scale, y: Scale): Dots {
  const radius = curve.x.length === 1 ? radii.alone : radii.among
  const [from, to] = shownOf(curve.x, x)
  if (curve.raw.length > 0 || to - from >= fewPoints) return { radius, places: [] }
  const [toX, toY] = [placer(x), placer(y)]
  const places: [number, number][] = []
  for (let i = from; i <= to; i++) {
    const [px, py] = [toX(curve.x[i] as number), toY(curve.y[i] as number)]
    if (!Number.isFinite(px) || !Number.isFinite(py)) continue
    // One at the edge is whole: a run of one epoch has no other.
    const beyond = px < -1 || px > x.size + 1
    places.push([beyond ? px : Math.min(Math.max(px, radius), x.size - radius), py])
  }
  return { radius, places }
}
