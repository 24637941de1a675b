/** log10 of update : weight: between these a layer usually learns well; a rule of thumb of the field says 1e-3. */
export const healthyBand = { low: -4, high: -2 } as const
export const healthyMiddle = -3
