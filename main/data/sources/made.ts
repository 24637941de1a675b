/** Sound small sources in binary formats, made for tests and for fuzzing. */

/** An array in the NPY format, version 1. */
export function npyBytes(
  descr: string,
  shape: readonly number[],
  data: Uint8Array | number[],
  fortranOrder = false,
): Buffer {
  const sizes = `${shape.join(', ')}${shape.length === 1 ? ',' : ''}`
  const text = `{'descr': '${descr}', 'fortran_order': ${fortranOrder ? 'True' : 'False'}, 'shape': (${sizes}), }`
  const header = text.padEnd(Math.ceil((text.length + 11) / 64) * 64 - 11, ' ') + '\n'
  const length = Buffer.alloc(2)
  length.writeUInt16LE(header.length)
  return Buffer.concat([
    Buffer.from('\x93NUMPY\x01\x00', 'latin1'),
    length,
    Buffer.from(header, 'latin1'),
    Buffer.from(data),
  ])
}

/** CIFAR-10 batches, each image of one shade of its own; labels 0, 1, 2, 0, ... */
export function cifarBatch(images: number, labelBytes = 1, from = 0): Buffer {
  const record = labelBytes + 3072
  const bytes = Buffer.alloc(images * record)
  for (let item = 0; item < images; item += 1) {
    bytes.fill((from + item) & 255, item * record + labelBytes, (item + 1) * record)
    bytes[item * record + labelBytes] = (from + item) >> 8
    for (let label = 0; label < labelBytes; label += 1) bytes[item * record + label] = (item + label) % 3
  }
  return bytes
}
