/** What lies under a point of the page. */

/** Id of the wire under the point, through whatever is being dragged above it; null when there is none. */
export function wireAt(x: number, y: number): string | null {
  for (const element of document.elementsFromPoint(x, y)) {
    const label = element.closest('[data-wire]')?.getAttribute('data-wire')
    if (label) return label
    const edge = element.closest('.react-flow__edge')?.getAttribute('data-id')
    if (edge) return edge
  }
  return null
}

/** True where something let go lands on the canvas and not on a panel or a button over it. */
export function isOverCanvas(x: number, y: number): boolean {
  const element = document.elementFromPoint(x, y)
  return element?.closest('.react-flow') !== null && element?.closest('.react-flow__panel') === null
}
