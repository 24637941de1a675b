/** Which colour and dash a series has. A run keeps both for ever, on every page: they follow from its id. */

const colours = 7
/** Stroke patterns, the second sign beside colour. The first is solid. */
const dashes = ['', '7 4', '2 3', '9 3 2 3'] as const

const modulo = (value: number, by: number): number => ((value % by) + by) % by

/** 7 and 4 have no common factor, so 28 neighbouring runs all look different. */
export const runColour = (runId: number): string => `var(--td-series-${modulo(runId - 1, colours)})`
export const runDash = (runId: number): string => dashes[modulo(runId - 1, dashes.length)] ?? ''

/** On the Train page the two lines of one run share its hue; validation is dashed. */
export const validationDash = '6 4'
