/** A traced model as one `model.onnx`; its weights go from the checkpoint into it without being held in memory. */
import { open, type FileHandle } from 'node:fs/promises'
import { setImmediate } from 'node:timers/promises'
import { formatDim, isSymbolic } from '../../common/dims.ts'
import { UserError } from '../../common/errors.ts'
import { elementBytes, readSafetensorsHeader, type Place } from '../safetensors.ts'
import type { Attribute, Content, GraphNode, Piece } from './graph.ts'
import { elementTypes, encode, fieldHead } from './schema.ts'
import type { TracedModel } from './trace.ts'
import type { Traced } from './traced.ts'

/** Version 18 of the operators is of 2022: all runtimes of today read it. */
const operators = 18
/** Of the file, as ONNX 1.13 writes it, which came with these operators. */
const irVersion = 8
/** A message of protocol buffers is no larger. */
const mostBytes = 2 ** 31 - 1

export interface Written {
  name: string
  producerVersion: string
  /** The checkpoint. */
  weights: string
  metadata: Readonly<Record<string, string>>
  signal: AbortSignal
}

/** Constants, or where in the checkpoint the numbers are. */
interface Tensor {
  head: Uint8Array
  size: number
  content: { bytes: Uint8Array } | { ranges: readonly { begin: number; end: number }[] }
}

/**
 * @returns bytes written
 * @throws UserError `export/onnx-size` for a model of 2 GB and more, `export/weights` where the checkpoint lacks a weight,
 *   `safetensors/damaged`
 */
export async function writeOnnx(
  path: string,
  model: TracedModel,
  { name, producerVersion, weights, metadata, signal }: Written,
): Promise<number> {
  const { places, dataStart } = await readSafetensorsHeader(weights)
  const stored = new Map(places.map((place) => [place.name, place]))
  const tensors = tensorsOf(model).map(([tensor, content]): Tensor => {
    const placed = 'bytes' in content ? content : { ranges: content.pieces.map((piece) => rangeOf(piece, stored, dataStart)) } // prettier-ignore
    const size = 'bytes' in placed ? placed.bytes.length : placed.ranges.reduce((sum, { begin, end }) => sum + end - begin, 0) // prettier-ignore
    const head = encode('TensorProto', {
      dims: tensor.dims,
      data_type: elementTypes[tensor.dtype],
      name: tensor.name,
    })
    return { head: Buffer.concat([head, fieldHead('TensorProto', 'raw_data', size)]), size, content: placed }
  })
  const body = encode('GraphProto', {
    name,
    node: model.nodes.map(nodeMessage),
    input: model.inputs.map(valueMessage),
    output: [valueMessage(model.output)],
    value_info: model.wires.map(valueMessage),
  })
  const heads = tensors.map(({ head, size }) =>
    Buffer.concat([fieldHead('GraphProto', 'initializer', head.length + size), head]),
  )
  const inside = tensors.reduce((sum, { size }, i) => sum + (heads[i]?.length ?? 0) + size, body.length)
  const own = encode('ModelProto', {
    ir_version: irVersion,
    producer_name: 'Tapedeck',
    producer_version: producerVersion,
    opset_import: [{ domain: '', version: operators }],
  })
  const front = Buffer.concat([own, ...(await metadataMessages(metadata))])
  if (front.length + inside + 16 > mostBytes) throw tooLarge(front.length + inside)
  const graph = fieldHead('ModelProto', 'graph', inside)
  const from = await open(weights, 'r')
  try {
    const to = await open(path, 'wx')
    try {
      await write(to, Buffer.concat([front, graph, body]))
      const buffer = Buffer.allocUnsafe(1 << 20)
      for (const [i, { content }] of tensors.entries()) {
        signal.throwIfAborted()
        await write(to, heads[i] as Uint8Array)
        if ('bytes' in content) await write(to, content.bytes)
        else for (const range of content.ranges) await copy(from, to, range, buffer, signal)
      }
      await to.sync()
    } finally {
      await to.close()
    }
  } finally {
    await from.close()
  }
  return front.length + graph.length + inside
}

/** A vocabulary may be megabytes: texts become bytes by Node itself, one at a time. */
async function metadataMessages(metadata: Readonly<Record<string, string>>): Promise<Uint8Array[]> {
  const messages: Uint8Array[] = []
  for (const [key, value] of Object.entries(metadata)) {
    const bytes = Buffer.from(value)
    const head = encode('StringStringEntryProto', { key })
    const before = Buffer.concat([head, fieldHead('StringStringEntryProto', 'value', bytes.length)])
    messages.push(fieldHead('ModelProto', 'metadata_props', before.length + bytes.length), before, bytes)
    await setImmediate()
  }
  return messages
}

/** Constants and weights that some node reads, in the order in which they came up. */
function tensorsOf({ graph, nodes }: TracedModel): [Traced, Content][] {
  const read = new Set(nodes.flatMap(({ inputs }) => inputs))
  return [...graph.contents].filter(([tensor]) => read.has(tensor))
}

function rangeOf({ key, from, to }: Piece, stored: ReadonlyMap<string, Place>, dataStart: number) {
  const place = stored.get(key)
  const count = place ? (place.end - place.begin) / elementBytes[place.dtype] : 0
  if (!place || place.dtype !== 'float32' || to > count)
    throw new UserError({
      code: 'export/weights',
      what: place
        ? `The checkpoint has ${count} numbers (${place.dtype}) for ${key}, and the model reads ${to} (float32).`
        : `The checkpoint has no weight ${key}.`,
      mend: 'Export another checkpoint of the run.',
    })
  const start = dataStart + place.begin
  return { begin: start + from * elementBytes.float32, end: start + to * elementBytes.float32 }
}

const attributeMessages = (name: string, attribute: Attribute): object => {
  if ('i' in attribute) return { name, type: 'INT', i: attribute.i }
  if ('f' in attribute) return { name, type: 'FLOAT', f: attribute.f }
  if ('s' in attribute) return { name, type: 'STRING', s: Buffer.from(attribute.s) }
  if ('ints' in attribute) return { name, type: 'INTS', ints: attribute.ints }
  return { name, type: 'STRINGS', strings: attribute.strings.map((text) => Buffer.from(text)) }
}

function nodeMessage({ name, op, inputs, outputs, attributes }: GraphNode): object {
  const names = inputs.map((input) => input?.name ?? '')
  while (names.at(-1) === '') names.pop()
  return {
    name,
    op_type: op,
    input: names,
    output: outputs.map((output) => output.name),
    attribute: Object.entries(attributes).map(([key, value]) => attributeMessages(key, value)),
  }
}

const valueMessage = ({ name, dims, dtype }: Traced): object => ({
  name,
  type: {
    tensor_type: {
      elem_type: elementTypes[dtype],
      shape: {
        dim: dims.map((dim) => (isSymbolic(dim) ? { dim_param: formatDim(dim) } : { dim_value: dim })),
      },
    },
  },
})

async function write(to: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += (await to.write(bytes, at)).bytesWritten
}

async function copy(
  from: FileHandle,
  to: FileHandle,
  { begin, end }: { begin: number; end: number },
  buffer: Buffer,
  signal: AbortSignal,
): Promise<void> {
  for (let at = begin; at < end;) {
    signal.throwIfAborted()
    const { bytesRead } = await from.read(buffer, 0, Math.min(buffer.length, end - at), at)
    if (bytesRead === 0) throw new Error(`[onnx] the checkpoint ends at byte ${at}`)
    await write(to, buffer.subarray(0, bytesRead))
    at += bytesRead
  }
}

const tooLarge = (bytes: number): UserError =>
  new UserError({
    code: 'export/onnx-size',
    what: `The model has ${(bytes / 1e9).toFixed(1)} GB, and an ONNX file holds less than 2.1 GB.`,
    mend: 'Export a PyTorch project or the weights.',
  })
