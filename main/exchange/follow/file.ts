/** One file of metrics that is still written: whatever is new in it, line by line. */
import { open, stat, type FileHandle } from 'node:fs/promises'
import { UserError } from '../../common/errors.ts'
import { cellsOf, learnColumns, newsOf } from './lines.ts'
import { beginning, type Position } from './position.ts'
import type { Batch, Followed, News } from './report.ts'

const block = 1 << 16
const longestLine = 8 << 20
/** Points that the other end takes in at once: some milliseconds of it. */
export const mostPoints = 400
/** Bytes that tell a file from another of its name. */
const headBytes = 256
const tailBytes = 64

export class FollowedFile implements Followed {
  readonly path: string
  readonly name: string
  #position: Position
  /** Size and time of its last change when it was last read to its end. */
  #seen = { size: -1, changed: -1 }

  constructor(path: string, name: string, position: Position | null) {
    this.path = path
    this.name = name
    this.#position = position ?? beginning()
  }

  get over(): boolean {
    return this.#position.over
  }

  get silentFor(): number {
    return this.#seen.changed < 0 ? 0 : Math.max(0, Date.now() - this.#seen.changed)
  }

  /** @throws the file system's errors, and UserError `exchange/unknown`, `exchange/damaged` */
  async *news(signal: AbortSignal): AsyncGenerator<Batch> {
    const { size, mtimeMs } = await stat(this.path)
    if (size === this.#seen.size && mtimeMs === this.#seen.changed) return
    const file = await open(this.path, 'r')
    try {
      if (!(await this.#isSame(file, size))) {
        this.#position = beginning()
        yield this.#batch([{ kind: 'replaced' }], size)
      }
      yield* this.#lines(file, size, signal)
    } finally {
      await file.close()
    }
    this.#seen = { size, changed: mtimeMs }
  }

  /** Whether what was read is still what the file begins with. */
  async #isSame(file: FileHandle, size: number): Promise<boolean> {
    const { offset, head, tail } = this.#position
    if (size < offset) return false
    return (
      (await bytesAt(file, 0, Buffer.from(head, 'base64').length)) === head &&
      (await bytesAt(
        file,
        offset - Buffer.from(tail, 'base64').length,
        Buffer.from(tail, 'base64').length,
      )) === tail
    )
  }

  async *#lines(file: FileHandle, size: number, signal: AbortSignal): AsyncGenerator<Batch> {
    /** Bytes after the position that are no whole line yet. */
    let held: Buffer = Buffer.alloc(0)
    for (;;) {
      signal.throwIfAborted()
      const { buffer, bytesRead } = await file.read(
        Buffer.allocUnsafe(block),
        0,
        block,
        this.#position.offset + held.length,
      )
      if (bytesRead === 0) break
      held = Buffer.concat([held, buffer.subarray(0, bytesRead)])
      const end = held.lastIndexOf(10) + 1
      if (end > 0) {
        yield* this.#whole(file, held.subarray(0, end), size)
        held = Buffer.from(held.subarray(end))
      } else if (held.length > longestLine)
        throw new UserError({
          code: 'exchange/damaged',
          what: `A line of ${this.path} has more than ${longestLine.toLocaleString('en-US')} bytes.`,
          mend: 'It is not followed any further. Follow it again when the file is mended.',
        })
    }
    // The last line of a program that never ends it: an object that is whole cannot go on.
    const rest = held.toString('utf8')
    if (this.#position.form?.kind === 'lines' && cellsOf(rest, this.#position))
      yield* this.#whole(file, held, size)
  }

  /** Takes in whole lines. */
  async *#whole(file: FileHandle, bytes: Buffer, size: number): AsyncGenerator<Batch> {
    const start = this.#position.offset
    const lines = linesIn(bytes).map(({ text, end }) => ({ cells: cellsOf(text, this.#position), end }))
    learnColumns(
      this.#position,
      lines.flatMap(({ cells }) => cells ?? []),
    )
    let news: News[] = []
    let points = 0
    for (const [i, { cells, end }] of lines.entries()) {
      if (cells) points += newsOf(cells, this.#position, news)
      if (points < mostPoints && i < lines.length - 1) continue
      this.#position.offset = start + end
      this.#position.head = await bytesAt(file, 0, Math.min(headBytes, this.#position.offset))
      const tail = Math.min(tailBytes, this.#position.offset)
      this.#position.tail = await bytesAt(file, this.#position.offset - tail, tail)
      yield this.#batch(news, size)
      news = []
      points = 0
    }
  }

  #batch(news: News[], bytes: number): Batch {
    return { path: this.path, name: this.name, news, position: structuredClone(this.#position), bytes }
  }
}

/** The lines of bytes that end with one, and where each ends. */
function linesIn(bytes: Buffer): { text: string; end: number }[] {
  const lines: { text: string; end: number }[] = []
  for (let from = 0; from < bytes.length;) {
    const newline = bytes.indexOf(10, from)
    const end = newline < 0 ? bytes.length : newline + 1
    lines.push({ text: bytes.toString('utf8', from, newline < 0 ? end : newline), end })
    from = end
  }
  return lines
}

async function bytesAt(file: FileHandle, at: number, length: number): Promise<string> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, at)
  return buffer.toString('base64', 0, bytesRead)
}
