/** How samples are laid out: cells of one size, as many in a row as fit. Pure. */

/** Samples asked for at once. */
export const pageSize = 60

export interface GridLayout {
  columns: number
  cellWidth: number
  cellHeight: number
  /** Drawn size of an image inside its cell. */
  image: { width: number; height: number }
}

const textRow = 48
const labelHeight = 18
const gap = 8
/** The longer side of an image on the screen, at least and at most. */
const side = { least: 56, most: 128 }

/**
 * @param sampleShape `[channels, height, width]`, or anything for text.
 * @param width of the frame in pixels.
 */
export function layOut(sampleShape: readonly number[], text: boolean, width: number): GridLayout {
  if (text) return { columns: 1, cellWidth: width, cellHeight: textRow, image: { width: 0, height: 0 } }
  const [, rows = 1, columns = 1] = sampleShape
  const longer = Math.max(rows, columns)
  // Small images are enlarged by a whole factor, so that their pixels stay square and sharp.
  const whole = Math.floor(84 / longer)
  const scale = whole >= 1 ? Math.max(whole, Math.ceil(side.least / longer)) : Math.min(1, side.most / longer)
  const image = {
    width: Math.max(8, Math.round(columns * scale)),
    height: Math.max(8, Math.round(rows * scale)),
  }
  const wanted = Math.max(image.width, 48) + gap
  const perRow = Math.max(1, Math.floor(width / wanted))
  return { columns: perRow, cellWidth: width / perRow, cellHeight: image.height + labelHeight + gap, image }
}

/** Whether images are drawn larger than they are, so that their pixels should stay sharp. */
export const drawnEnlarged = (
  { image }: GridLayout,
  { sampleShape }: { sampleShape: readonly (number | string)[] },
): boolean => image.width >= Number(sampleShape[2] ?? 1)

/** Taller elements are cut off by some browsers (Firefox at 17.8 million pixels, Chromium at 33). */
const tallest = 16_000_000

/**
 * Where a list of any length stands when it is scrolled. One that is taller than an element may be moves several of its
 * pixels for each of the scroll bar's.
 * @param top of the scrolled element, in its own pixels
 * @returns its height, and the place in the list (in pixels of the list) that is at the top of the frame
 */
export function scrolled(list: { rows: number; rowHeight: number; frame: number; top: number }): {
  height: number
  top: number
} {
  const whole = list.rows * list.rowHeight
  if (whole <= tallest) return { height: whole, top: list.top }
  const ratio = (whole - list.frame) / (tallest - list.frame)
  return { height: tallest, top: Math.min(whole - list.frame, list.top * ratio) }
}

/** Numbers of the pages that hold the samples `first` (included) to `last` (excluded). */
export function pagesInSight(first: number, last: number): number[] {
  if (last <= first) return []
  const from = Math.floor(first / pageSize)
  const to = Math.floor((last - 1) / pageSize)
  return Array.from({ length: to - from + 1 }, (_, i) => from + i)
}
