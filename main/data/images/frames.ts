/**
 * Messages over a pipe: two lengths, JSON, raw bytes. (Node's own serialization depends on the V8 of both ends,
 * and the two ends here may be an Electron and a Node of different ages.)
 */
import type { Readable, Writable } from 'node:stream'

export interface Frame {
  head: unknown
  bytes: Uint8Array
}

const prefix = 8

export function writeFrame(to: Writable, head: unknown, bytes: Uint8Array): void {
  const json = Buffer.from(JSON.stringify(head))
  const lengths = Buffer.alloc(prefix)
  lengths.writeUInt32LE(json.length, 0)
  lengths.writeUInt32LE(bytes.byteLength, 4)
  to.cork()
  to.write(lengths)
  to.write(json)
  to.write(bytes)
  to.uncork()
}

/** Calls `onFrame` for every whole frame that arrives; what is cut off at the end is dropped. */
export function readFrames(from: Readable, onFrame: (frame: Frame) => void): void {
  let parts: Buffer[] = []
  let length = 0
  let wanted = prefix
  from.on('data', (part: Buffer) => {
    parts.push(part)
    length += part.length
    if (length < wanted) return
    let all = parts.length === 1 ? part : Buffer.concat(parts, length)
    for (;;) {
      wanted = prefix
      if (all.length < prefix) break
      const json = prefix + all.readUInt32LE(0)
      wanted = json + all.readUInt32LE(4)
      if (all.length < wanted) break
      const head: unknown = JSON.parse(all.toString('utf8', prefix, json))
      onFrame({ head, bytes: all.subarray(json, wanted) })
      all = all.subarray(wanted)
    }
    parts = [all]
    length = all.length
  })
}
