/** Windows that slide over an axis: what convolutions and pools share. */
import { add, evaluate, floorDivide, formatShape, type Dim, type Shape } from '../dims.ts'
import type { Field, Mend, ShapeContext, ShapeError } from '../layer.ts'

/** Along one axis; padding is places before the first and behind the last one. */
export interface Window {
  kernel: number
  stride: number
  dilation: number
  before: number
  after: number
}

/** Places that a window reaches over, those it skips included. */
export const reachOf = ({ kernel, dilation }: Pick<Window, 'kernel' | 'dilation'>): number =>
  dilation * (kernel - 1) + 1

/** How many windows fit: floor((size + padding - reach) / stride) + 1. */
export const placesOf = (size: Dim, window: Window): Dim =>
  add(floorDivide(add(size, window.before + window.after - reachOf(window)), window.stride), 1)

export const windowFormula = "H' = ⌊(H + 2·padding − dilation·(kernel − 1) − 1) / stride⌋ + 1"

type SizesField = Extract<Field, { type: 'sizes' }>

/** A `sizes` field from 1 on: kernel, stride, dilation. */
export const sizesField = (
  axes: number,
  field: Pick<SizesField, 'key' | 'title' | 'help' | 'default'> & Partial<SizesField>,
): SizesField => ({ type: 'sizes', axes, minimum: 1, maximum: 1024, ...field })

/** `3` where all are equal, else `3 x 5`: for summaries and errors. */
export const formatSizes = (sizes: readonly number[]): string =>
  sizes.every((size) => size === sizes[0]) ? String(sizes[0]) : sizes.join(' x ')

/** A number or tuple as Python writes it. */
export const pythonSizes = (sizes: readonly number[]): string =>
  sizes.every((size) => size === sizes[0]) ? String(sizes[0]) : `(${sizes.join(', ')})`

/** Every axis's own size even where they are equal: `3 x 3`. */
const product = (sizes: readonly number[]): string => sizes.join(' x ')

/**
 * The error of windows that do not fit in even one place, with mends by smaller kernels and, where `padding` is given, by
 * it. Sizes that vary are judged by what is typical for the data.
 */
export function windowError(
  shape: Shape,
  axes: readonly Dim[],
  windows: readonly Window[],
  { node, data }: ShapeContext,
  padding?: Extract<Mend, { kind: 'set-parameter' }>,
): ShapeError | null {
  const typical = Object.fromEntries(Object.entries(data.sizes).map(([name, size]) => [name, size.typical]))
  const sizes = axes.map((axis) => evaluate(axis, typical))
  const padded = windows.map(({ before, after }, i) => (sizes[i] ?? Infinity) + before + after)
  if (windows.every((window, i) => (padded[i] ?? Infinity) >= reachOf(window))) return null
  const fitting = windows.map(({ kernel, dilation }, i) =>
    Math.min(kernel, Math.floor(((padded[i] ?? Infinity) - 1) / dilation) + 1),
  )
  const mends: Mend[] = padding ? [padding] : []
  if (fitting.every((size) => size >= 1))
    mends.push({
      kind: 'set-parameter',
      title: `Set kernel to ${product(fitting)}`,
      node,
      key: 'kernel',
      value: fitting.every((size) => size === fitting[0]) ? (fitting[0] ?? 1) : fitting,
    })
  const usual = axes.some((axis) => typeof axis !== 'number') ? `usually ${product(padded)}` : product(padded)
  return {
    message: `slides a window over ${product(windows.map(reachOf))} places, but gets ${formatShape(shape)} (${usual} with padding)`,
    mends,
  }
}
