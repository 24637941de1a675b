/** Which values of a tensor stand for all of them. */

/** Values looked at in each part of a layer. The spread of so many is that of all within 1.2 % (one sigma). */
export const sampleSize = 4096

const greatestDivisor = (a: number, b: number): number => (b === 0 ? a : greatestDivisor(b, a % b))

/**
 * Distance between looked-at values, so that about `most` of `total` are left. It shares no factor with any size, or
 * the values would all lie in a few rows and columns.
 */
export function distanceFor(total: number, most: number, sizes: readonly number[]): number {
  let distance = Math.max(1, Math.ceil(total / most))
  while (distance > 1 && sizes.some((size) => greatestDivisor(size, distance) > 1)) distance++
  return distance
}
