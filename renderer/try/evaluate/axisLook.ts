/** How the axes of an evaluation's charts look. */
export const axisLook = { tick: { fill: 'var(--td-faint)', fontSize: 11 }, stroke: 'var(--td-line)' }

export const labelLook = {
  style: { fill: 'var(--td-faint)', fontSize: 11, textAnchor: 'middle' as const },
}
