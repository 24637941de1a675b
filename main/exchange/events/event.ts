/**
 * Decodes the messages of event files: scalars, session starts and hyperparameters; all else is passed over.
 * Source: tensorboard/compat/proto/{event,summary,tensor,types}.proto and plugins/hparams/plugin_data.proto, Apache-2.0.
 */
import { Fields } from './wire.ts'

export type Setting = string | number | boolean

export interface EventMessage {
  /** Seconds since 1970. */
  wallTime: number
  step: number
  /** A program began here: what was written of this step and later ones before counts no more. */
  sessionStart: boolean
  scalars: { tag: string; value: number }[]
  settings: Record<string, Setting> | null
}

/** @throws WireError where the bytes are no such message */
export function decodeEvent(message: Buffer): EventMessage {
  const event: EventMessage = {
    wallTime: 0,
    step: 0,
    sessionStart: false,
    scalars: [],
    settings: null,
  }
  const field = new Fields(message)
  while (field.next()) {
    const { number, type } = field
    if (number === 1 && type === 1) event.wallTime = field.float()
    else if (number === 2 && type === 0) event.step = field.varint
    else if (number === 5 && type === 2) decodeSummary(field.inner(), event)
    else if (number === 7 && type === 2) event.sessionStart = isSessionStart(field.inner())
  }
  return event
}

/** SessionLog: status 1 is START. */
function isSessionStart(log: Fields): boolean {
  let start = false
  while (log.next()) if (log.number === 1 && log.type === 0) start = log.varint === 1
  return start
}

function decodeSummary(summary: Fields, event: EventMessage): void {
  while (summary.next()) {
    if (summary.number !== 1 || summary.type !== 2) continue
    let tag = ''
    let value: number | null = null
    let settings: EventMessage['settings'] = null
    const part = summary.inner()
    while (part.next()) {
      const { number, type } = part
      if (number === 1 && type === 2) tag = part.text()
      else if (number === 2 && type === 5) value = part.float()
      else if (number === 8 && type === 2) value = scalarOf(part.inner())
      else if (number === 9 && type === 2) settings = settingsOf(part.inner())
    }
    if (settings) event.settings = { ...event.settings, ...settings }
    else if (value !== null && tag !== '' && !tag.startsWith('_hparams_/')) event.scalars.push({ tag, value })
  }
}

// ---------------------------------------------------------------- tensors of one element

interface Dtype {
  bytes: number
  read: (bytes: Buffer) => number
}

/** By DataType: how one element lies in `tensor_content`. */
const dtypes: Readonly<Record<number, Dtype>> = {
  1: { bytes: 4, read: (b) => b.readFloatLE(0) },
  2: { bytes: 8, read: (b) => b.readDoubleLE(0) },
  3: { bytes: 4, read: (b) => b.readInt32LE(0) },
  4: { bytes: 1, read: (b) => b.readUInt8(0) },
  5: { bytes: 2, read: (b) => b.readInt16LE(0) },
  6: { bytes: 1, read: (b) => b.readInt8(0) },
  9: { bytes: 8, read: (b) => Number(b.readBigInt64LE(0)) },
  10: { bytes: 1, read: (b) => b.readUInt8(0) },
  14: { bytes: 2, read: (b) => bfloat16(b.readUInt16LE(0)) },
  17: { bytes: 2, read: (b) => b.readUInt16LE(0) },
  19: { bytes: 2, read: (b) => float16(b.readUInt16LE(0)) },
  22: { bytes: 4, read: (b) => b.readUInt32LE(0) },
  23: { bytes: 8, read: (b) => Number(b.readBigUInt64LE(0)) },
}

/** The element of a tensor that has one, of any number type; null for every other tensor. */
function scalarOf(tensor: Fields): number | null {
  let type = 0
  let elements = 1
  let content: Buffer | null = null
  let listed: number | null = null
  while (tensor.next()) {
    if (tensor.number === 1 && tensor.type === 0) type = tensor.varint
    else if (tensor.number === 2 && tensor.type === 2) elements = elementsOf(tensor.inner())
    else if (tensor.number === 4 && tensor.type === 2) content = tensor.content()
    else if (listed === null) listed = listedIn(tensor, type)
  }
  const dtype = dtypes[type]
  if (!dtype || elements !== 1) return null
  if (content && content.length === dtype.bytes) return dtype.read(content)
  // A tensor without values is one of zeros.
  return listed ?? 0
}

function elementsOf(shape: Fields): number {
  let elements = 1
  while (shape.next())
    if (shape.number === 2 && shape.type === 2) {
      const dimension = shape.inner()
      let size = 0
      while (dimension.next()) if (dimension.number === 1 && dimension.type === 0) size = dimension.varint
      elements *= size
    }
  return elements
}

/** The first of the values that a tensor lists, packed or one by one; null where the field is another one. */
function listedIn(field: Fields, type: number): number | null {
  const { number } = field
  const packed = field.type === 2
  const size = field.stop - field.start
  if (number === 5) return packed ? (size < 4 ? null : field.bytes.readFloatLE(field.start)) : field.float()
  if (number === 6) return packed ? (size < 8 ? null : field.bytes.readDoubleLE(field.start)) : field.float()
  if (![7, 10, 11, 13, 16, 17].includes(number)) return null
  const first = packed ? field.packedVarint() : field.type === 0 ? field.varint : null
  if (first === null) return null
  if (number === 13) return type === 14 ? bfloat16(first) : float16(first)
  // uint64 comes as the same bits of int64.
  return number === 17 && first < 0 ? first + 2 ** 64 : first
}

function bfloat16(bits: number): number {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt16LE(bits & 0xffff, 2)
  return bytes.readFloatLE(0)
}

function float16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 31
  const fraction = bits & 1023
  if (exponent === 31) return fraction ? NaN : sign * Infinity
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15))
}

// ---------------------------------------------------------------- hyperparameters

/** From SummaryMetadata: what the hparams plugin says a session was started with. */
function settingsOf(metadata: Fields): Record<string, Setting> | null {
  while (metadata.next()) {
    if (metadata.number !== 1 || metadata.type !== 2) continue
    let plugin = ''
    let content: Fields | null = null
    const part = metadata.inner()
    while (part.next()) {
      if (part.number === 1 && part.type === 2) plugin = part.text()
      else if (part.number === 2 && part.type === 2) content = part.inner()
    }
    if (plugin === 'hparams' && content) return pluginSettings(content)
  }
  return null
}

function pluginSettings(data: Fields): Record<string, Setting> {
  const settings: Record<string, Setting> = {}
  while (data.next()) {
    // HParamsPluginData.session_start_info; an experiment or a session's end has no values.
    if (data.number !== 3 || data.type !== 2) continue
    const entry = data.inner()
    while (entry.next()) {
      if (entry.number !== 1 || entry.type !== 2) continue
      let key = ''
      let value: Setting | null = null
      const part = entry.inner()
      while (part.next()) {
        if (part.number === 1 && part.type === 2) key = part.text()
        else if (part.number === 2 && part.type === 2) value = valueOf(part.inner())
      }
      if (key !== '' && value !== null && key !== '__proto__') settings[key] = value
    }
  }
  return settings
}

/** google.protobuf.Value; null for what is no single value. */
function valueOf(value: Fields): Setting | null {
  while (value.next()) {
    if (value.number === 2 && value.type === 1) {
      const number = value.float()
      return Number.isFinite(number) ? number : String(number)
    }
    if (value.number === 3 && value.type === 2) return value.text()
    if (value.number === 4 && value.type === 0) return value.varint !== 0
  }
  return null
}
