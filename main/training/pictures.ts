/** Small pictures of tensors: the first sample of a batch, reduced to what fits on a node. */
import type { Picture } from '../common/inspection.ts'

const mostMaps = 4
const mostSide = 28
const mostBars = 64

/**
 * @param values row-major values of a tensor of `shape` `[B, ...]`; only the first sample is read
 * @returns null for what has no picture: a scalar per sample without values
 */
export function pictureOf(values: ArrayLike<number>, shape: readonly number[]): Picture | null {
  const sample = shape.slice(1)
  const size = sample.reduce((a, b) => a * b, 1)
  if (size === 0) return null
  const reader = (index: number): number => Number(values[index] ?? 0)
  if (sample.length === 3) return image(reader, sample as [number, number, number])
  if (sample.length === 2) return strip(reader, sample as [number, number])
  return bars(reader, size)
}

type Read = (index: number) => number

function image(read: Read, [channels, height, width]: [number, number, number]): Picture {
  const shown = Math.min(channels, mostMaps)
  const rows = Math.min(height, mostSide)
  const columns = Math.min(width, mostSide)
  const maps = Array.from({ length: shown }, (_, channel) =>
    reduce(
      (row, column) => read((channel * height + row) * width + column),
      [height, width],
      [rows, columns],
    ),
  )
  return scaled('image', rows, columns, maps, shown < channels || rows < height || columns < width)
}

/** `[T, C]` with time to the right. */
function strip(read: Read, [steps, features]: [number, number]): Picture {
  const rows = Math.min(features, mostSide)
  const columns = Math.min(steps, 2 * mostSide)
  const map = reduce((row, column) => read(column * features + row), [features, steps], [rows, columns])
  return scaled('strip', rows, columns, [map], rows < features || columns < steps)
}

function bars(read: Read, size: number): Picture {
  const columns = Math.min(size, mostBars)
  const map = reduce((_, column) => read(column), [1, size], [1, columns])
  return scaled('bars', 1, columns, [map], columns < size)
}

/** Means over the cells of a coarser grid. */
function reduce(
  at: (row: number, column: number) => number,
  [height, width]: [number, number],
  [rows, columns]: [number, number],
): number[] {
  const map: number[] = []
  for (let row = 0; row < rows; row++) {
    const [top, bottom] = span(row, rows, height)
    for (let column = 0; column < columns; column++) {
      const [left, right] = span(column, columns, width)
      let sum = 0
      for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) sum += at(y, x)
      map.push(sum / ((bottom - top) * (right - left)))
    }
  }
  return map
}

const span = (cell: number, cells: number, size: number): [number, number] => [
  Math.floor((cell * size) / cells),
  Math.max(Math.floor((cell * size) / cells) + 1, Math.floor(((cell + 1) * size) / cells)),
]

function scaled(
  kind: Picture['kind'],
  rows: number,
  columns: number,
  maps: number[][],
  reduced: boolean,
): Picture {
  let scale = 0
  for (const map of maps)
    for (const value of map) if (Number.isFinite(value)) scale = Math.max(scale, Math.abs(value))
  const rounded = maps.map((map) =>
    map.map((value) => (Number.isFinite(value) && scale > 0 ? Math.round((value / scale) * 1000) / 1000 : 0)),
  )
  return { kind, rows, columns, maps: rounded, scale, reduced }
}
