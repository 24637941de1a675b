/** Lines of a text file, one by one. */
import { isUtf8 } from 'node:buffer'
import { utf8Of } from './encoding.ts'
import type { Encoding } from './encoding.ts'
import { mostRowBytes, notUtf8 } from './format.ts'

export interface Line {
  /** 1-based. */
  number: number
  /** Without its end; empty where there is a problem. */
  text: string
  problem: string | null
}

/** @param most bytes to read; a line cut there is left out */
export async function* linesOf(path: string, encoding: Encoding, most = Infinity): AsyncGenerator<Line> {
  let held: Buffer[] = []
  let length = 0
  let number = 0
  let read = 0
  const take = (last: Buffer): Line => {
    number += 1
    const tooLong = length + last.length > mostRowBytes
    const whole = tooLong || held.length === 0 ? last : Buffer.concat([...held, last])
    held = []
    length = 0
    return tooLong
      ? { number, text: '', problem: `longer than ${mostRowBytes >> 20} MB` }
      : lineOf(whole, number)
  }
  for await (const part of utf8Of(path, encoding, most)) {
    read += part.length
    let from = 0
    for (let end = part.indexOf(10); end >= 0; end = part.indexOf(10, from)) {
      yield take(part.subarray(from, end))
      from = end + 1
    }
    length += part.length - from
    // Of a line that is too long nothing is kept.
    if (length > mostRowBytes) held = []
    else if (from < part.length) held.push(part.subarray(from))
  }
  if (length > 0 && read < most) yield take(Buffer.alloc(0))
}

function lineOf(bytes: Buffer, number: number): Line {
  const end = bytes.at(-1) === 13 ? bytes.length - 1 : bytes.length
  const line = bytes.subarray(0, end)
  if (!isUtf8(line)) return { number, text: '', problem: notUtf8 }
  if (line.includes(0)) return { number, text: '', problem: 'it has a zero byte' }
  return { number, text: line.toString('utf8'), problem: null }
}
