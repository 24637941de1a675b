/**
 * Many texts in little memory: their UTF-8 bytes stand one after another in blocks outside the JavaScript heap, which
 * all threads of an Electron process share.
 */
const largestBlock = 8 << 20
/** A few texts take no more than they need: blocks double. */
const smallestBlock = 1 << 16

export class TextStore {
  #blocks: Buffer[] = []
  #used = 0
  /** Where each text is: its block, where it begins there, its bytes. */
  #places = new Uint32Array(3 * 1024)
  #count = 0
  #total = 0

  get length(): number {
    return this.#count
  }

  get totalBytes(): number {
    return this.#total
  }

  add(text: string): void {
    const bytes = Buffer.byteLength(text)
    const block = this.#blocks.at(-1)
    const fits = block !== undefined && this.#used + bytes <= block.length
    if (!fits) {
      const size = Math.min(largestBlock, Math.max(smallestBlock, this.#total))
      this.#blocks.push(Buffer.allocUnsafeSlow(Math.max(size, bytes)))
      this.#used = 0
    }
    this.#blocks.at(-1)!.write(text, this.#used)
    if (3 * this.#count + 3 > this.#places.length) {
      const larger = new Uint32Array(2 * this.#places.length)
      larger.set(this.#places)
      this.#places = larger
    }
    this.#places.set([this.#blocks.length - 1, this.#used, bytes], 3 * this.#count)
    this.#used += bytes
    this.#total += bytes
    this.#count += 1
  }

  get(index: number): string {
    const [block = 0, begin = 0, bytes = 0] = this.#places.subarray(3 * index, 3 * index + 3)
    return this.#blocks[block]!.toString('utf8', begin, begin + bytes)
  }

  /** Bytes of a text; no shorter than its characters. */
  bytes(index: number): number {
    return this.#places[3 * index + 2]!
  }
}
