/** What an answer came from, in the terms of what was seen. */
import type { Explained, Seen } from '../../common/predict/subject.ts'
import { toDataUrl, type SingleSample } from '../../data/index.ts'
import type { Attribution } from '../../training/predict/attribute.ts'

export async function explainedOf(
  { values, shape, output }: Attribution,
  { seen, columns }: SingleSample,
  names: readonly string[],
): Promise<Explained> {
  const name = names[output] ?? `output ${output}`
  if (seen.kind === 'image') return { name, map: await mapOf(values, shape), shares: null }
  const sums = columns
    ? columns.map((places) =>
        places.reduce<number | null>((sum, at) => (sum ?? 0) + (values[at] ?? NaN), null),
      )
    : Array.from(values, (value): number | null => value)
  const shown = sums.slice(0, lengthOf(seen))
  const most = shown.reduce<number>((largest, value) => Math.max(largest, Math.abs(value ?? 0)), 0)
  const shares = shown.map((value) =>
    value === null || !Number.isFinite(value) ? null : most > 0 ? value / most : 0,
  )
  return { name, map: null, shares }
}

const lengthOf = (seen: Exclude<Seen, { kind: 'image' }>): number =>
  seen.kind === 'text' ? seen.tokens.length : seen.columns.length

/** Bright where it matters, as large as the map itself: a page stretches it over the image. */
function mapOf(values: Float32Array, [height = 1, width = 1]: readonly number[]): Promise<string> {
  const finite = Float32Array.from(values, (value) => (Number.isFinite(value) ? value : 0))
  // One pixel of a huge gradient must not leave all others black.
  const sorted = finite.toSorted()
  const most = sorted[Math.floor(0.995 * (sorted.length - 1))] || (sorted.at(-1) ?? 0)
  const bytes = Uint8Array.from(finite, (value) => (most > 0 ? Math.min(255, (255 * value) / most) : 0))
  return toDataUrl(bytes, { channels: 1, height, width })
}
