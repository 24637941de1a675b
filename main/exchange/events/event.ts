/**
 * Decodes the messages of event files: scalars, session starts and hyperparameters; all else is passed over.
 * Source: tensorboard/compat/proto/{event,summary,tensor,types}.proto and plugins/hparams/plugin_data.proto, Apache-2.0.
 */
import { fieldsOf, varintsOf, type Field } from './wire.ts'

export type Setting = string | number | boolean

export interface EventMessage {
  /** Seconds since 1970. */
  wallTime: number
  step: number
  /** `brain.Event:2`, in the first record of a file. */
  fileVersion: string | null
  /** A program began here: what was written of this step and later ones before counts no more. */
  sessionStart: boolean
  scalars: { tag: string; value: number }[]
  settings: Record<string, Setting> | null
}

const text = ({ bytes }: Field): string => bytes.toString('utf8')
const float = ({ bytes, type }: Field): number =>
  type === 1 ? bytes.readDoubleLE(0) : type === 5 ? bytes.readFloatLE(0) : NaN

/** @throws WireError where the bytes are no such message */
export function decodeEvent(message: Buffer): EventMessage {
  const event: EventMessage = {
    wallTime: 0,
    step: 0,
    fileVersion: null,
    sessionStart: false,
    scalars: [],
    settings: null,
  }
  for (const field of fieldsOf(message)) {
    if (field.number === 1 && field.type === 1) event.wallTime = float(field)
    else if (field.number === 2 && field.type === 0) event.step = Number(field.varint)
    else if (field.number === 3 && field.type === 2) event.fileVersion = text(field)
    else if (field.number === 5 && field.type === 2) decodeSummary(field.bytes, event)
    else if (field.number === 7 && field.type === 2) event.sessionStart = isSessionStart(field.bytes)
  }
  return event
}

/** SessionLog: status 1 is START. */
const isSessionStart = (message: Buffer): boolean =>
  [...fieldsOf(message)].some((field) => field.number === 1 && field.varint === 1n)

function decodeSummary(message: Buffer, event: EventMessage): void {
  for (const field of fieldsOf(message)) {
    if (field.number !== 1 || field.type !== 2) continue
    let tag = ''
    let value: number | null = null
    let settings: EventMessage['settings'] = null
    for (const part of fieldsOf(field.bytes)) {
      if (part.number === 1 && part.type === 2) tag = text(part)
      else if (part.number === 2 && part.type === 5) value = float(part)
      else if (part.number === 8 && part.type === 2) value = scalarOf(part.bytes)
      else if (part.number === 9 && part.type === 2) settings = settingsOf(part.bytes)
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
function scalarOf(message: Buffer): number | null {
  let type = 0
  let elements = 1
  let content: Buffer | null = null
  let listed: number | null = null
  for (const field of fieldsOf(message)) {
    if (field.number === 1 && field.type === 0) type = Number(field.varint)
    else if (field.number === 2 && field.type === 2) elements = elementsOf(field.bytes)
    else if (field.number === 4 && field.type === 2) content = field.bytes
    else if (listed === null) listed = listedIn(field, type)
  }
  const dtype = dtypes[type]
  if (!dtype || elements !== 1) return null
  if (content && content.length === dtype.bytes) return dtype.read(content)
  // A tensor without values is one of zeros.
  return listed ?? 0
}

function elementsOf(shape: Buffer): number {
  let elements = 1
  for (const dimension of fieldsOf(shape))
    if (dimension.number === 2 && dimension.type === 2) {
      const size = [...fieldsOf(dimension.bytes)].find((field) => field.number === 1)
      elements *= Number(size?.varint ?? 0n)
    }
  return elements
}

/** The first of the values that a tensor lists, packed or one by one; null where the field is another one. */
function listedIn(field: Field, type: number): number | null {
  const { number, bytes } = field
  const packed = field.type === 2
  if (number === 5) return packed ? firstOf(bytes, 4, (b) => b.readFloatLE(0)) : float(field)
  if (number === 6) return packed ? firstOf(bytes, 8, (b) => b.readDoubleLE(0)) : float(field)
  if (![7, 10, 11, 13, 16, 17].includes(number)) return null
  const [first = null] = packed ? varintsOf(bytes) : [field.varint]
  if (first === null) return null
  if (number === 13) return type === 14 ? bfloat16(Number(first)) : float16(Number(first))
  return Number(number === 17 ? BigInt.asUintN(64, first) : first)
}

const firstOf = (bytes: Buffer, size: number, read: (bytes: Buffer) => number): number | null =>
  bytes.length < size ? null : read(bytes)

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
function settingsOf(metadata: Buffer): Record<string, Setting> | null {
  for (const field of fieldsOf(metadata)) {
    if (field.number !== 1 || field.type !== 2) continue
    let plugin = ''
    let content: Buffer | null = null
    for (const part of fieldsOf(field.bytes)) {
      if (part.number === 1 && part.type === 2) plugin = text(part)
      else if (part.number === 2 && part.type === 2) content = part.bytes
    }
    if (plugin === 'hparams' && content) return pluginSettings(content)
  }
  return null
}

function pluginSettings(content: Buffer): Record<string, Setting> {
  const settings: Record<string, Setting> = {}
  for (const data of fieldsOf(content)) {
    // HParamsPluginData.session_start_info; an experiment or a session's end has no values.
    if (data.number !== 3 || data.type !== 2) continue
    for (const entry of fieldsOf(data.bytes)) {
      if (entry.number !== 1 || entry.type !== 2) continue
      let key = ''
      let value: Setting | null = null
      for (const part of fieldsOf(entry.bytes)) {
        if (part.number === 1 && part.type === 2) key = text(part)
        else if (part.number === 2 && part.type === 2) value = valueOf(part.bytes)
      }
      if (key !== '' && value !== null && key !== '__proto__') settings[key] = value
    }
  }
  return settings
}

/** google.protobuf.Value; null for what is no single value. */
function valueOf(message: Buffer): Setting | null {
  for (const field of fieldsOf(message)) {
    if (field.number === 2 && field.type === 1) {
      const number = float(field)
      return Number.isFinite(number) ? number : String(number)
    }
    if (field.number === 3 && field.type === 2) return text(field)
    if (field.number === 4 && field.type === 0) return field.varint !== 0n
  }
  return null
}
