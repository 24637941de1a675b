/** A value that changes, and streams of it: a slow reader skips what it missed and gets the newest. */
import { deferred } from '../common/deferred.ts'

export class Latest<T> {
  #value: T
  #version = 0
  #changed = deferred<void>()

  constructor(value: T) {
    this.#value = value
  }

  get value(): T {
    return this.#value
  }

  set(value: T): void {
    this.#value = value
    this.#version++
    const { resolve } = this.#changed
    this.#changed = deferred<void>()
    resolve()
  }

  /** The value now and after each change, until the signal aborts. */
  async *watch(signal?: AbortSignal): AsyncGenerator<T, void, void> {
    const aborted = new Promise<void>((resolve) => {
      if (signal?.aborted) resolve()
      signal?.addEventListener('abort', () => resolve(), { once: true })
    })
    let seen = -1
    while (!signal?.aborted) {
      if (seen !== this.#version) {
        seen = this.#version
        yield this.#value
        continue
      }
      await Promise.race([this.#changed.promise, aborted])
    }
  }
}
