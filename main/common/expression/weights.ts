/** Declared weights of a custom operator, one a line: `w: 16 x 8`, `b: 8 zeros`, `w: 16 x 8 normal 0.02`. */
import type { WeightSpec } from '../layer.ts'
import { ExpressionError, type Place } from './error.ts'
import { limits, nameFault } from './parse.ts'

export interface DeclaredWeight {
  name: string
  shape: readonly number[]
  initial: Extract<WeightSpec['initial'], { kind: 'uniform' | 'normal' | 'zeros' | 'ones' }>
  place: Place
}

const mostWeights = 16
const mostValues = 2 ** 26
const form =
  'a weight is written w: 16 x 8, with zeros, ones, normal 0.02 or uniform 0.1 behind it if you like'

/** @throws ExpressionError */
export function parseWeights(text: string): readonly DeclaredWeight[] {
  const weights: DeclaredWeight[] = []
  for (const [index, whole] of text.split(/\r\n|[\n\r]/).entries()) {
    const line = whole.replace(/#.*$/, '')
    if (line.trim() === '') continue
    const place = { line: index + 1, column: 1 + line.length - line.trimStart().length }
    const refuse = (why: string): never => {
      throw new ExpressionError(place, why)
    }
    if (line.length > limits.lineLength) refuse(`a line has at most ${limits.lineLength} characters`)
    const colon = line.indexOf(':')
    if (colon < 0) refuse(form)
    const name = line.slice(0, colon).trim()
    const fault = nameFault(name)
    if (fault) refuse(fault)
    if (weights.some((weight) => weight.name === name)) refuse(`"${name}" is declared twice`)
    const [, sizes = '', kind = '', amount = ''] =
      /^\s*(\d+(?:\s*[x×]\s*\d+)*)(?:\s+([a-z]+))?(?:\s+([\d.eE+-]+))?\s*$/.exec(line.slice(colon + 1)) ??
      refuse(form)
    const shape = sizes.split(/[x×]/).map(Number)
    const values = shape.reduce((product, size) => product * size, 1)
    if (shape.length > 6 || values < 1 || values > mostValues)
      refuse(
        `${shape.join(' x ')} is no size for a weight; it holds 1 to ${mostValues} values in up to 6 axes`,
      )
    weights.push({ name, shape, initial: initialOf(kind, amount, shape) ?? refuse(form), place })
  }
  if (weights.length > mostWeights)
    throw new ExpressionError(
      { line: 1, column: 1 },
      `${weights.length} weights are more than ${mostWeights}`,
    )
  return weights
}

function initialOf(kind: string, amount: string, shape: readonly number[]): DeclaredWeight['initial'] | null {
  const number = amount === '' ? null : Number(amount)
  if (kind === 'zeros' || kind === 'ones') return number === null ? { kind } : null
  // The first axis is what a product with matmul(x, w) sums over.
  if (kind === '') return number === null ? { kind: 'uniform', bound: 1 / Math.sqrt(shape[0] ?? 1) } : null
  if (number === null || !(number > 0) || !Number.isFinite(number)) return null
  if (kind === 'normal') return { kind, std: number }
  return kind === 'uniform' ? { kind, bound: number } : null
}
