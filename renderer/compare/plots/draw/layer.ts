/** Keeps one canvas of a plot up to date: what is new is painted beside it, and shown when it is whole. */
import { Slices } from '../../../charts/slices.ts'

export interface Picture {
  width: number
  height: number
  /** Device pixels in one of the page's. */
  ratio: number
  /** Where the marks stand. A painting of other places is given up, one of other colours is finished first. */
  places: unknown
  /** How many marks there are. */
  count: number
  /** Yields after each piece what it cost: 1 for a thin line across the plot. */
  paint: (context: CanvasRenderingContext2D) => Generator<number>
}

/** Thin lines that are painted in one frame at most: about 8 ms without a GPU. */
const slice = 200

export class Layer {
  readonly #front: HTMLCanvasElement
  readonly #back = document.createElement('canvas')
  readonly #slices = new Slices(slice)
  #wanted: Picture | null = null
  /** Shown, or in the making. */
  #begun: Picture | null = null

  constructor(front: HTMLCanvasElement) {
    this.#front = front
  }

  show(picture: Picture): void {
    this.#wanted = picture
    if (!this.#slices.busy || this.#begun?.places !== picture.places) this.#begin()
  }

  stop(): void {
    this.#slices.stop()
  }

  #begin(): void {
    const picture = this.#wanted
    if (!picture || picture === this.#begun) return
    this.#begun = picture
    this.#back.width = Math.max(1, Math.round(picture.width * picture.ratio))
    this.#back.height = Math.max(1, Math.round(picture.height * picture.ratio))
    const context = this.#back.getContext('2d')
    if (!context) return
    context.setTransform(picture.ratio, 0, 0, picture.ratio, 0, 0)
    this.#slices.begin(picture.paint(context), () => this.#finish(picture))
  }

  #finish({ count }: Picture): void {
    this.#front.width = this.#back.width
    this.#front.height = this.#back.height
    this.#front.getContext('2d')?.drawImage(this.#back, 0, 0)
    this.#front.dataset.painted = String(count)
    this.#begin()
  }
}
