/** Mean and standard deviation of bytes, from how often each value occurs: exact, whatever their number. */
export class Moments {
  readonly #histogram = new Float64Array(256)

  /** Of all values that several have seen. */
  static together(several: readonly Moments[]): { mean: number; std: number } {
    const all = new Moments()
    for (const one of several)
      for (const [value, times] of one.#histogram.entries()) all.#histogram[value]! += times
    return all.result()
  }

  /** Zeros are counted by what is left: most of a bag's features are zero, and skipping them is quick. */
  add(bytes: Uint8Array): void {
    let zeros = 0
    for (let at = 0; at < bytes.length; at += 1) {
      const value = bytes[at]!
      if (value === 0) zeros += 1
      else this.#histogram[value]! += 1
    }
    this.#histogram[0]! += zeros
  }

  result(): { mean: number; std: number } {
    let values = 0
    let sum = 0
    for (const [value, times] of this.#histogram.entries()) {
      values += times
      sum += value * times
    }
    const mean = values === 0 ? 0 : sum / values
    let squares = 0
    for (const [value, times] of this.#histogram.entries()) squares += times * (value - mean) ** 2
    return { mean, std: values === 0 ? 0 : Math.sqrt(squares / values) }
  }
}
