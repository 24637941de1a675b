/** Paints on a canvas in slices, one in each frame: no painting, however large, holds the page for long. */

/** Milliseconds of a frame that a slice may take, those it has in any frame, and when it should be over, from the frame's begin. */
const time = { most: 8, least: 4, until: 12 }

export class Slices {
  readonly #most: number
  #pieces: Generator<number> | null = null
  #done: () => void = () => {}
  #frame = 0

  /**
   * @param most what the pieces of one frame may cost together, in what they yield: a canvas may put off what it is told
   * to draw until the end of the frame, where no clock here sees it
   */
  constructor(most: number) {
    this.#most = most
  }

  get busy(): boolean {
    return this.#pieces !== null
  }

  /** What was begun before is given up. */
  begin(pieces: Generator<number>, done: () => void): void {
    this.stop()
    this.#pieces = pieces
    this.#done = done
    this.#next()
  }

  stop(): void {
    cancelAnimationFrame(this.#frame)
    this.#pieces = null
  }

  #next(): void {
    this.#frame = requestAnimationFrame((frame) => this.#work(frame))
  }

  #work(frame: number): void {
    const begun = performance.now()
    const isOver = (): boolean => {
      const now = performance.now()
      return now - begun > (now - frame > time.until ? time.least : time.most)
    }
    for (let cost = 0; cost < this.#most && !isOver();) {
      const piece = this.#pieces?.next()
      if (!piece) return
      if (piece.done) {
        this.#pieces = null
        this.#done()
        return
      }
      cost += piece.value
    }
    this.#next()
  }
}
