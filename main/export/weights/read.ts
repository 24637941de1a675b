/** Floating-point arrays of a file of weights, or of the shards that an index names, as float32. */
import { readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { z } from 'zod'
import { UserError } from '../../common/errors.ts'
import { readSafetensors, type NamedArray } from '../safetensors.ts'

export interface WeightArray {
  name: string
  shape: readonly number[]
  values: Float32Array
}

export interface WeightFile {
  arrays: WeightArray[]
  /** Of how many arrays the values were rounded, from float64. */
  rounded: number
}

/**
 * @param path a `.safetensors` file, or the `.safetensors.index.json` of one in several parts
 * @throws UserError `safetensors/damaged`, `weights/unreadable`, `weights/index`
 */
export function readWeights(path: string): WeightFile {
  const parts = path.endsWith('.index.json') ? shardsOf(path) : [path]
  const arrays = parts.flatMap((part) => readable(part, () => readSafetensors(part).arrays))
  return {
    arrays: arrays.flatMap((array) => {
      const values = float32Of(array)
      return values ? [{ name: array.name, shape: array.shape, values }] : []
    }),
    rounded: arrays.filter(({ dtype }) => dtype === 'float64').length,
  }
}

const indexSchema = z.object({ weight_map: z.record(z.string(), z.string()) })

/** Files of an index as Hugging Face writes it; they lie beside it. */
function shardsOf(path: string): string[] {
  const text = readable(path, () => readFileSync(path, 'utf8'))
  const index = indexSchema.safeParse(jsonIn(text))
  if (!index.success) throw badIndex(path, 'it has no weight_map of names and files')
  const names = [...new Set(Object.values(index.data.weight_map))]
  const strange = names.find((name) => name !== basename(name) || !name.endsWith('.safetensors') || name.includes('\\')) // prettier-ignore
  if (strange !== undefined)
    throw badIndex(path, `it names "${strange.slice(0, 100)}", which is no safetensors file beside it`)
  return names.map((name) => join(dirname(path), name))
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** Exact but for float64; null where an array holds no floating-point numbers. */
function float32Of({ dtype, bytes }: NamedArray): Float32Array | null {
  // A copy, since a view into a file may begin at any byte. (`slice` of a Buffer copies nothing.)
  const { buffer } = new Uint8Array(bytes)
  switch (dtype) {
    case 'float32':
      return new Float32Array(buffer)
    case 'float64':
      return Float32Array.from(new Float64Array(buffer))
    case 'bfloat16':
      // The upper half of a float32.
      return new Float32Array(Uint32Array.from(new Uint16Array(buffer), (half) => half << 16).buffer)
    case 'float16':
      return Float32Array.from(new Uint16Array(buffer), float16)
    default:
      return null
  }
}

/** IEEE 754 binary16: one bit of sign, five of exponent, ten of fraction. */
function float16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN
  return sign * (1024 + fraction) * 2 ** (exponent - 25)
}

function readable<T>(path: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof UserError) throw error
    throw new UserError({
      code: 'weights/unreadable',
      what: `${path} cannot be read (${error instanceof Error ? error.message : String(error)}).`,
      mend: 'Choose a file that ends in .safetensors, or the .safetensors.index.json of one in several parts.',
    })
  }
}

const badIndex = (path: string, what: string): UserError =>
  new UserError({
    code: 'weights/index',
    what: `${path} is not the index of a file of weights: ${what}.`,
    mend: 'Choose the index that was written with the files, or one of the files itself.',
  })
