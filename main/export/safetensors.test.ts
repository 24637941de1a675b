import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { readSafetensors, readSafetensorsHeader, writeSafetensors } from './safetensors.ts'

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

const place = (begin: number, end: number): string =>
  `{"dtype":"F32","shape":[${(end - begin) / 4}],"data_offsets":[${begin},${end}]}`

it.each([
  ['whose length is beyond the file', '{}', 1000, 'its header claims 1000 bytes of 26'],
  [
    'whose length is beyond what is allowed',
    '{}',
    2 ** 60,
    'its header claims 1152921504606846976 bytes of 26',
  ],
  ['that is no JSON', 'weights!', null, 'its header is not a JSON object'],
  ['that is a list', '[]', null, 'its header is not a JSON object'],
  ['whose metadata are numbers', '{"__metadata__":{"a":1}}', null, 'its metadata is not made of texts'],
  ['with negative offsets', `{"w":${place(-8, 0)}}`, null, 'w has no dtype, shape and place'],
  [
    'with offsets in the wrong order',
    `{"w":{"dtype":"F32","shape":[1],"data_offsets":[8,4]}}`,
    null,
    'w ends at byte 4 of 16',
  ],
  ['with an end beyond the file', `{"w":${place(12, 20)}}`, null, 'w ends at byte 20 of 16'],
  [
    'with more numbers than bytes',
    `{"w":{"dtype":"F32","shape":[5],"data_offsets":[0,16]}}`,
    null,
    'w of 5 has 16 bytes, and needs 20',
  ],
  [
    'with a huge shape',
    `{"w":{"dtype":"F32","shape":[9e15,9e15],"data_offsets":[0,16]}}`,
    null,
    'and needs 3.24e+32',
  ],
  [
    'with overlapping arrays',
    `{"a":${place(0, 12)},"b":${place(8, 16)}}`,
    null,
    'b begins within the array before it',
  ],
  ['with a name twice', `{"w":${place(0, 8)},"w":${place(8, 16)}}`, null, 'w is in its header twice'],
  [
    'with a name twice, written in two ways',
    `{"w":${place(0, 8)},"\\u0077":${place(8, 16)}}`,
    null,
    'w is in its header twice',
  ],
])('refuses a header %s', async (_, json, claimed, what) => {
  const path = join(folder, 'tampered.safetensors')
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(claimed ?? json.length))
  writeFileSync(path, Buffer.concat([length, Buffer.from(json), Buffer.alloc(16)]))
  const refusal = {
    code: 'safetensors/damaged',
    what: expect.stringContaining(what) as string,
    mend: 'Choose another file; one that was cut off or changed cannot be mended.',
  }
  expect(() => readSafetensors(path)).toThrow(expect.objectContaining(refusal))
  await expect(readSafetensorsHeader(path)).rejects.toMatchObject(refusal)
})

it('takes arrays in any order, empty ones among them, and braces within names', () => {
  const path = join(folder, 'ordered.safetensors')
  const json = `{"b{\\"":${place(8, 16)},"a}":${place(0, 8)},"none":${place(4, 4)}}`
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(json.length))
  writeFileSync(path, Buffer.concat([length, Buffer.from(json), Buffer.alloc(16)]))
  expect(readSafetensors(path).arrays.map(({ name }) => name)).toEqual(['b{"', 'a}', 'none'])
})

it('leaves the old file when the new one cannot be written', () => {
  expect(() => writeSafetensors(join(folder, 'missing', 'a.safetensors'), [], {})).toThrow(/ENOENT/)
  expect(readdirSync(folder)).toEqual([])
})
