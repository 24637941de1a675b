import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { writeSafetensors, type NamedArray, type SafetensorsDtype } from '../safetensors.ts'
import { readWeights } from './read.ts'

let folder: string
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'tapedeck-weights-'))))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const array = (
  name: string,
  dtype: SafetensorsDtype,
  values: Uint16Array | Float32Array | Float64Array | BigInt64Array,
): NamedArray => ({
  name,
  dtype,
  shape: [values.length],
  bytes: new Uint8Array(values.buffer),
})
const written = (name: string, arrays: NamedArray[]): string => {
  const path = join(folder, name)
  writeSafetensors(path, arrays, {})
  return path
}
const read = (path: string): Record<string, number[]> =>
  Object.fromEntries(readWeights(path).arrays.map(({ name, values }) => [name, [...values]]))

it('halves are widened exactly, and doubles rounded and counted; what is no float is left out', () => {
  const path = written('mixed.safetensors', [
    // One, -2, the largest, the smallest that is normal, the smallest of all, infinity, minus zero.
    array('half', 'float16', Uint16Array.of(0x3c00, 0xc000, 0x7bff, 0x0400, 0x0001, 0x7c00, 0x8000)),
    array('brain', 'bfloat16', Uint16Array.of(0x3f80, 0xc000, 0x7f7f, 0x0001, 0xff80)),
    array('double', 'float64', Float64Array.of(0.1, 1e-300)),
    array('counter', 'int64', BigInt64Array.of(7n)),
  ])
  expect(read(path)).toEqual({
    half: [1, -2, 65504, 2 ** -14, 2 ** -24, Infinity, -0],
    brain: [1, -2, 3.3895313892515355e38, 2 ** -133, -Infinity],
    double: [Math.fround(0.1), 0],
  })
  expect(readWeights(path).rounded).toBe(1)
  const strange = written('nan.safetensors', [array('half', 'float16', Uint16Array.of(0x7e00))])
  expect(read(strange)).toEqual({ half: [NaN] })
})

it('a file in several parts is read by its index', () => {
  written('model-1.safetensors', [array('a', 'float32', Float32Array.of(1))])
  written('model-2.safetensors', [array('b', 'float32', Float32Array.of(2))])
  const index = join(folder, 'model.safetensors.index.json')
  const map = { a: 'model-1.safetensors', b: 'model-2.safetensors' }
  writeFileSync(index, JSON.stringify({ metadata: { total_size: 8 }, weight_map: map }))
  expect(read(index)).toEqual({ a: [1], b: [2] })
})

it.each([
  ['climbs out', { weight_map: { a: '../model-1.safetensors' } }, 'names "../model-1.safetensors"'],
  ['names another kind of file', { weight_map: { a: 'model.bin' } }, 'names "model.bin"'],
  ['has no map', { files: [] }, 'has no weight_map'],
  ['is no JSON', 'weights', 'has no weight_map'],
  ['names a file that is not there', { weight_map: { a: 'gone.safetensors' } }, 'gone.safetensors cannot be read'], // prettier-ignore
])('an index that %s is refused', (_, content, words) => {
  const index = join(folder, 'bad.index.json')
  writeFileSync(index, typeof content === 'string' ? content : JSON.stringify(content))
  expect(() => readWeights(index)).toThrow(words)
})
