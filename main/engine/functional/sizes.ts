/** One number for every spatial dimension, or one for each: `3` or `[3, 5]` (height, width). */
export type Size = number | readonly number[]

const none: readonly number[] = Object.freeze([])

/** As the addon takes it: a list, empty when not given. */
export const sizes = (size: Size | undefined): readonly number[] =>
  size === undefined ? none : typeof size === 'number' ? [size] : size
