/**
 * Keeps a canvas up to date. What is painted already follows the axes at once, stretched and shifted as a picture; what
 * is new is painted beside it, a slice in each frame, and shown when it is whole. Half a plot is painted on either side
 * of what is seen: so panning costs next to nothing, for one curve and for two hundred.
 */
import { Slices } from '../../../charts/slices.ts'
import type { Domain } from '../../../charts/ticks.ts'
import { bent, straight } from '../view.ts'
import { between, type Scale } from './scale.ts'
import { paint, type Scene } from './scene.ts'

/** What is to be seen: `x` and `y` are those of the plot, and beyond `limits` there is nothing to paint. */
export interface Picture extends Scene {
  limits: Domain
}

/** Points that are painted in one frame at most. */
const slice = 12_000
/** While the axes change all the time, painting rests for so many milliseconds. */
const rest = 90
/** Painted on either side of the plot, in widths of it. */
const beside = 0.5

export class Painter {
  readonly #front: HTMLCanvasElement
  readonly #back = document.createElement('canvas')
  #wanted: Picture | null = null
  #shown: Picture | null = null
  readonly #slices = new Slices(slice)
  #frame = 0
  #finishedAt = -Infinity

  constructor(front: HTMLCanvasElement) {
    this.#front = front
  }

  /** Call with every change of the axes or the curves. */
  show(picture: Picture): void {
    this.#wanted = picture
    this.#follow()
    // What is painted meanwhile is finished first: or nothing new would be seen while a person pans.
    if (!this.#slices.busy) this.#begin()
  }

  stop(): void {
    cancelAnimationFrame(this.#frame)
    this.#slices.stop()
  }

  #begin(): void {
    cancelAnimationFrame(this.#frame)
    const wanted = this.#wanted
    if (!wanted || (this.#shown && shows(this.#shown, wanted))) return
    const follows = this.#shown?.curves === wanted.curves
    if (follows && performance.now() - this.#finishedAt < rest) {
      this.#frame = requestAnimationFrame(() => this.#begin())
      return
    }
    const picture = { ...wanted, x: widened(wanted.x, wanted.limits) }
    this.#back.width = Math.max(1, Math.round(picture.x.size * picture.ratio))
    this.#back.height = Math.max(1, Math.round(picture.y.size * picture.ratio))
    const context = this.#back.getContext('2d')
    if (!context) return
    this.#slices.begin(paint(context, picture), () => this.#finish(picture))
  }

  #finish(picture: Picture): void {
    this.#front.width = this.#back.width
    this.#front.height = this.#back.height
    this.#front.getContext('2d')?.drawImage(this.#back, 0, 0)
    this.#front.dataset.painted = String(picture.curves.length)
    this.#shown = picture
    this.#finishedAt = performance.now()
    this.#follow()
    this.#begin()
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
    style.transform = x && y ? `translate(${x.shift}px, ${y.shift}px) scale(${x.scale}, ${y.scale})` : ''
  }
}

/** Whether one picture, moved, is as good as the other. */
function shows(shown: Picture, wanted: Picture): boolean {
  const { curves, colourOf, ratio, line, x, y } = wanted
  const same =
    shown.curves === curves && shown.colourOf === colourOf && shown.ratio === ratio && shown.line === line
  const [across, up] = [between(shown.x, x), between(shown.y, y)]
  if (!same || !across || !up || shown.y.size !== y.size) return false
  const covers = shown.x.domain[0] <= x.domain[0] && shown.x.domain[1] >= x.domain[1]
  const close = (value: number, to: number): boolean => Math.abs(value - to) < 1e-3
  return covers && close(across.scale, 1) && close(up.scale, 1) && Math.abs(up.shift) < 0.5
}

function widened(x: Scale, limits: Domain): Scale {
  const [low, high] = [straight(x.domain[0], x.log), straight(x.domain[1], x.log)]
  const more = (high - low) * beside
  const from = Math.min(low, Math.max(low - more, straight(limits[0], x.log)))
  const to = Math.max(high, Math.min(high + more, straight(limits[1], x.log)))
  if (from === low && to === high) return x
  return {
    ...x,
    domain: [from === low ? x.domain[0] : bent(from, x.log), to === high ? x.domain[1] : bent(to, x.log)],
    size: Math.round((x.size * (to - from)) / (high - low)),
  }
}
