/** Token ids of a long text, in blocks: no single array has to be grown or copied. */
const blockLength = 1 << 18

export class IdStore {
  #blocks: Int32Array[] = []
  #length = 0

  get length(): number {
    return this.#length
  }

  add(ids: Int32Array): void {
    for (let from = 0; from < ids.length;) {
      const at = this.#length % blockLength
      if (at === 0) this.#blocks.push(new Int32Array(blockLength))
      const part = ids.subarray(from, from + blockLength - at)
      this.#blocks.at(-1)!.set(part, at)
      this.#length += part.length
      from += part.length
    }
  }

  slice(from: number, to: number): Int32Array<ArrayBuffer> {
    const result = new Int32Array(to - from)
    for (let at = from; at < to;) {
      const begin = at % blockLength
      const part = this.#blocks[Math.floor(at / blockLength)]!.subarray(begin, begin + to - at)
      result.set(part, at - from)
      at += part.length
    }
    return result
  }
}
