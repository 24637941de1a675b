/** What the check-up knows of each stored row; gathered while the rows are written, 40 bytes a row. */
import type { Split } from '../../common/data/dataset.ts'
import { digestNow, shortDigest } from '../digest.ts'
import { lookOf } from '../images/perceptualHash.ts'
import { normalised } from './normalised.ts'

export interface Seen {
  split: Split
  classIndex: number
  digest: bigint | null
}

export class Evidence {
  /** Rows seen so far; rows arrive in the order in which they are stored. */
  rows = 0
  /** Where validation and the test begin. */
  readonly begins = { validation: 0, test: 0 }
  readonly classOf: Int32Array
  /** By content; null where the source gives none. */
  readonly digests: BigUint64Array | null
  /** By normalised text; 0 where a text has no letters. Null where rows are no texts. */
  readonly texts: BigUint64Array | null
  /** Difference hashes of images, across and down, two words each; `across` is all zero for images without a look. */
  readonly looks: Record<'across' | 'down', Uint32Array> | null

  constructor(rows: number, has: { digests: boolean; texts: boolean; images: boolean }) {
    this.classOf = new Int32Array(rows)
    this.digests = has.digests ? new BigUint64Array(rows) : null
    this.texts = has.texts ? new BigUint64Array(rows) : null
    this.looks = has.images ? { across: new Uint32Array(2 * rows), down: new Uint32Array(2 * rows) } : null
  }

  add({ split, classIndex, digest }: Seen): void {
    this.classOf[this.rows] = classIndex
    if (this.digests) this.digests[this.rows] = digest ?? 0n
    if (split === 'train') this.begins.validation = this.rows + 1
    if (split !== 'test') this.begins.test = this.rows + 1
    this.rows += 1
  }

  /** Of the row that was added last. */
  addText(text: string): void {
    if (!this.texts) return
    const plain = normalised(text)
    this.texts[this.rows - 1] = plain === '' ? 0n : shortDigest(digestNow(plain))
  }

  /** Of the row that was added last. @param image uint8 `[channels, height, width]` */
  addImage(image: Uint8Array, shape: readonly number[]): void {
    const look = this.looks && lookOf(image, shape)
    if (!look) return
    this.looks!.across.set(look.across, 2 * (this.rows - 1))
    this.looks!.down.set(look.down, 2 * (this.rows - 1))
  }

  partOf(row: number): Split {
    return row < this.begins.validation ? 'train' : row < this.begins.test ? 'validation' : 'test'
  }
}
