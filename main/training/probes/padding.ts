/** Padding counts in no figure: where samples of a batch differ in size, only their own places are looked at. */
import { evaluate, type Shape } from '../../common/dims.ts'
import { tensor, type Tensor } from '../../engine/index.ts'
import type { Extents } from '../model.ts'

export interface OwnPlaces {
  /** `[places, ...]`: the axes that padding is along, and the batch's, have become one. In the caller's scope. */
  packed: Tensor
  /** Values in all of the samples' own places, those too that were left out. */
  total: number
  /** Where an axis of the result is in `packed`; -1 for one that padding is along. */
  axis: number
}

/**
 * @param shape of the result, with the data's symbols
 * @param axis of the result; negative ones count from the end
 * @param most places at most, evenly spaced
 * @returns null where nothing is padding
 */
export function ownPlaces(
  result: Tensor,
  shape: Shape,
  extents: Extents,
  axis: number,
  most: number,
): OwnPlaces | null {
  const padded = paddedAxes(result, shape, extents)
  if (padded.length === 0) return null
  const others = result.shape
    .map((_, at) => at)
    .filter((at) => at > 0 && !padded.some((one) => one.at === at))
  const rows = placesOf(result.shape[0] ?? 0, padded)
  const distance = Math.max(1, Math.ceil(rows.length / most))
  const taken = rows.filter((_, i) => i % distance === 0)
  const turned = result.detach().permute([0, ...padded.map(({ at }) => at), ...others])
  const width = others.map((at) => result.shape[at] ?? 1)
  return {
    packed: turned
      .reshape([-1, ...width])
      .indexSelect(0, tensor(taken, { dtype: 'int64', device: turned.device })),
    total: rows.length * width.reduce((product, size) => product * size, 1),
    axis: others.indexOf(axis < 0 ? result.rank + axis : axis) + 1 || -1,
  }
}

interface Padded {
  at: number
  size: number
  /** Own size of each sample. */
  own: readonly number[]
}

/** Axes along which some sample ends before the others. */
function paddedAxes(result: Tensor, shape: Shape, extents: Extents): Padded[] {
  const names = Object.keys(extents)
  const count = names.length > 0 ? (extents[names[0] as string]?.length ?? 0) : 0
  // A layer may have made the batch's axis into another: then nothing is known of its places.
  if (count === 0 || count !== result.shape[0] || shape.length !== result.rank) return []
  return shape.flatMap((dim, at): Padded[] => {
    const size = result.shape[at] ?? 0
    if (at === 0 || typeof dim === 'number') return []
    const own = Array.from({ length: count }, (_, sample) => {
      const found = evaluate(
        dim,
        Object.fromEntries(names.map((name) => [name, extents[name]?.[sample] ?? 0])),
      )
      return found === null ? size : Math.min(size, Math.max(0, found))
    })
    return own.every((length) => length === size) ? [] : [{ at, size, own }]
  })
}

/** Indices of the samples' own places among all, row-major over the batch and the padded axes. */
function placesOf(count: number, axes: readonly Padded[]): Float64Array {
  let places: number[] = []
  for (let sample = 0; sample < count; sample++) {
    let own = [sample]
    for (const { size, own: sizes } of axes)
      own = own.flatMap((place) => Array.from({ length: sizes[sample] ?? 0 }, (_, i) => place * size + i))
    places = places.concat(own)
  }
  return Float64Array.from(places)
}
