/** One line of progress on stderr: rewritten in place on a terminal, now and then a new line elsewhere. */
const interval = { terminal: 100, log: 5000 }

export class ProgressLine {
  readonly #terminal = process.stderr.isTTY
  #last = 0

  show(text: string): void {
    const now = Date.now()
    if (now - this.#last < (this.#terminal ? interval.terminal : interval.log)) return
    this.#last = now
    process.stderr.write(this.#terminal ? `\r\u001b[K${text}` : `${text}\n`)
  }

  /** The last state of what was shown; always printed. */
  end(text: string): void {
    process.stderr.write(this.#terminal ? `\r\u001b[K${text}\n` : `${text}\n`)
    this.#last = 0
  }
}
