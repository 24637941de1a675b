/** How many charts stand beside each other. Pure. */

/** A chart is read best when it is about so much wider than high, and never lower than this. */
const shape = 1.9
export const leastHeight = 130
const gap = 10

export function columnsFor(
  charts: number,
  width: number,
  height: number,
): { columns: number; rowHeight: number } {
  let best = { columns: 1, rowHeight: height, far: Infinity }
  for (let columns = 1; columns <= charts; columns++) {
    const rows = Math.ceil(charts / columns)
    const rowHeight = Math.max(leastHeight, Math.floor((height - (rows - 1) * gap) / rows))
    const empty = 1 - charts / (rows * columns)
    const far = Math.abs(Math.log(width / columns / rowHeight / shape)) + 1.5 * empty
    if (far < best.far) best = { columns, rowHeight, far }
  }
  return best
}
