import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { readSafetensors, writeSafetensors } from './safetensors.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tapedeck-safetensors-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const bytes = (values: readonly number[]): Uint8Array => new Uint8Array(new Float32Array(values).buffer)

it('writes the published layout', () => {
  const path = join(folder, 'a.safetensors')
  writeSafetensors(path, [{ name: 'w', dtype: 'float32', shape: [2], bytes: bytes([1, 2]) }], { step: '7' })
  const file = readFileSync(path)
  const length = Number(file.readBigUInt64LE(0))
  expect(length % 8).toBe(0)
  expect(JSON.parse(file.toString('utf8', 8, 8 + length))).toEqual({
    __metadata__: { step: '7' },
    w: { dtype: 'F32', shape: [2], data_offsets: [0, 8] },
  })
  expect(file.readFloatLE(8 + length + 4)).toBe(2)
  expect(readdirSync(folder)).toEqual(['a.safetensors'])
})

it('reads back what it wrote', () => {
  const path = join(folder, 'a.safetensors')
  const arrays = [
    { name: 'a', dtype: 'float32' as const, shape: [1, 3], bytes: bytes([1, 2, 3]) },
    { name: 'b', dtype: 'uint8' as const, shape: [0], bytes: new Uint8Array() },
  ]
  writeSafetensors(path, arrays, {})
  const read = readSafetensors(path)
  expect(read.arrays.map(({ name, shape, bytes: data }) => [name, shape, [...data]])).toEqual(
    arrays.map(({ name, shape, bytes: data }) => [name, shape, [...data]]),
  )
})

it('refuses a truncated file, naming the tensor', () => {
  const path = join(folder, 'a.safetensors')
  writeSafetensors(path, [{ name: 'w', dtype: 'float32', shape: [2], bytes: bytes([1, 2]) }], {})
  writeFileSync(path, readFileSync(path).subarray(0, -4))
  expect(() => readSafetensors(path)).toThrow(/not a whole safetensors file: w ends at byte 8 of 4/)
})

it('leaves the old file when the new one cannot be written', () => {
  expect(() => writeSafetensors(join(folder, 'missing', 'a.safetensors'), [], {})).toThrow(/ENOENT/)
  expect(readdirSync(folder)).toEqual([])
})
