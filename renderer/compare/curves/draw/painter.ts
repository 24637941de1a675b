/**
 * Keeps a canvas up to date. What is painted already follows the axes at once, stretched and shifted as a picture; what
 * is new is painted beside it, a slice in each frame, and shown when it is whole. So panning costs the same for one curve
 * and for two hundred.
 */
import { between } from './scale.ts'
import { paint, type Scene } from './scene.ts'

/** Points that are painted in one frame: 10 to 15 ms without a GPU. */
const slice = 24_000

export class Painter {
  readonly #front: HTMLCanvasElement
  readonly #back = document.createElement('canvas')
  #wanted: Scene | null = null
  #shown: Scene | null = null
  #job: { scene: Scene; pieces: Generator<number> } | null = null
  #frame = 0

  constructor(front: HTMLCanvasElement) {
    this.#front = front
  }

  /** Call with every change of the axes or the curves: one scene for as long as nothing changes. */
  show(scene: Scene): void {
    if (this.#wanted === scene) return
    this.#wanted = scene
    this.#follow()
    // What is painted meanwhile is finished first: or nothing new would be seen while a person pans.
    if (!this.#job) this.#begin()
  }

  stop(): void {
    cancelAnimationFrame(this.#frame)
    this.#job = null
  }

  #begin(): void {
    if (!this.#wanted || this.#wanted === this.#shown) return
    const scene = this.#wanted
    const { x, y, ratio } = scene
    this.#back.width = Math.max(1, Math.round(x.size * ratio))
    this.#back.height = Math.max(1, Math.round(y.size * ratio))
    const context = this.#back.getContext('2d')
    if (!context) return
    this.#job = { scene, pieces: paint(context, scene) }
    this.#work()
  }

  #work(): void {
    if (!this.#job) return
    const { scene, pieces } = this.#job
    for (let points = 0; points < slice;) {
      const piece = pieces.next()
      if (piece.done) {
        this.#job = null
        this.#finish(scene)
        return
      }
      points += piece.value
    }
    this.#frame = requestAnimationFrame(() => this.#work())
  }

  #finish(scene: Scene): void {
    this.#front.width = this.#back.width
    this.#front.height = this.#back.height
    this.#front.getContext('2d')?.drawImage(this.#back, 0, 0)
    this.#shown = scene
    this.#follow()
    this.#front.dataset.painted = String(scene.curves.length)
    if (this.#wanted !== scene) this.#frame = requestAnimationFrame(() => this.#begin())
  }

  /** Moves what is painted to where the axes have it now. */
  #follow(): void {
    const { style } = this.#front
    const [shown, wanted] = [this.#shown, this.#wanted]
    if (!shown || !wanted) return
    const x = between(shown.x, wanted.x)
    const y = between(shown.y, wanted.y)
    style.width = `${shown.x.size}px`
    style.height = `${shown.y.size}px`
    style.transform =
      x && y && shown !== wanted ? `translate(${x.shift}px, ${y.shift}px) scale(${x.scale}, ${y.scale})` : ''
  }
}
