/** Colour of a run by where it stands on an axis: from blue, low, to orange, high; faint where it stands nowhere. */
export const colourAt = (at: number | null): string =>
  at === null
    ? 'var(--td-faint)'
    : `color-mix(in oklab, var(--td-series-1) ${Math.round(100 * Math.min(1, Math.max(0, at)))}%, var(--td-series-0))`
