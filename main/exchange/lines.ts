/** Lines of a stream of bytes, each at most so long. */
import { damaged } from './refuse.ts'

export async function* linesOf(
  stream: AsyncIterable<Buffer>,
  name: string,
  longest: number,
): AsyncGenerator<string> {
  let parts: Buffer[] = []
  let length = 0
  for await (const part of stream) {
    let from = 0
    for (let end = part.indexOf(10); end >= 0; end = part.indexOf(10, from)) {
      const line = part.subarray(from, end)
      yield parts.length === 0 ? line.toString('utf8') : Buffer.concat([...parts, line]).toString('utf8')
      parts = []
      length = 0
      from = end + 1
    }
    if (from === part.length) continue
    parts.push(part.subarray(from))
    length += part.length - from
    if (length > longest) throw damaged(`A line of “${name}” has more than ${longest} bytes`)
  }
  if (length > 0) yield Buffer.concat(parts).toString('utf8')
}
