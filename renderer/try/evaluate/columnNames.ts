/** Names below the columns of a matrix: side by side, upright where one is wider than its column, or none. */

/** Pixels. */
export const footHeight = { flat: 22, upright: 66 }
/** Pixels between two names that can be read. */
const leastLine = 10

export const nameFont = (family: string): string => `11px ${family}`

/**
 * Null where they could not be read: they are those of the rows.
 * @param widest of the names, in pixels
 * @param sideWith how wide the matrix is above a foot of some pixels
 */
export function namesBelow(
  count: number,
  widest: number,
  sideWith: (foot: number) => number,
): keyof typeof footHeight | null {
  if (widest + 4 <= sideWith(footHeight.flat) / count) return 'flat'
  return sideWith(footHeight.upright) / count >= leastLine ? 'upright' : null
}

/** In pixels; no name at all is 0. */
export function widestOf(names: readonly string[]): number {
  const context = document.createElement('canvas').getContext('2d')
  if (!context) return 0
  context.font = nameFont(getComputedStyle(document.body).fontFamily)
  return names.reduce((most, name) => Math.max(most, context.measureText(name).width), 0)
}
