/**
 * Element types, in the order of the native enumeration. `bool` is stored as one byte. The 16-bit floats are
 * stored, computed with in float32, and read back as float32.
 */
export const dtypes = [
  'float32',
  'float64',
  'int64',
  'uint8',
  'bool',
  'bfloat16',
  'float16',
  'int32',
] as const
export type DType = (typeof dtypes)[number]

/** What a tensor of each dtype reads back as. */
export interface TypedArrays {
  float32: Float32Array
  float64: Float64Array
  int64: BigInt64Array
  uint8: Uint8Array
  bool: Uint8Array
  bfloat16: Float32Array
  float16: Float32Array
  int32: Int32Array
}

export function dtypeNumber(dtype: DType): number {
  const number = dtypes.indexOf(dtype)
  if (number < 0)
    throw new TypeError(
      `[dtype] unknown dtype ${typeof dtype === 'string' ? dtype : typeof dtype}, use one of ${dtypes.join(', ')}`,
    )
  return number
}

export function dtypeName(number: number): DType {
  return dtypes[number] ?? 'float32'
}
