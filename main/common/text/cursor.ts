/** A place in one line of the text view. */

/** What is wrong in a line, found while reading it; never leaves `readText`. */
export class LineError extends Error {
  readonly column: number

  /** `column` counts from 1. */
  constructor(message: string, column: number) {
    super(message)
    this.column = column
  }
}

export class Cursor {
  #at: number
  readonly #line: string

  constructor(line: string, at = 0) {
    this.#line = line
    this.#at = at
    this.#skip()
  }

  /** Of what comes next, from 1. */
  get column(): number {
    return this.#at + 1
  }

  get atEnd(): boolean {
    return this.#at >= this.#line.length
  }

  /** Whether `pattern` (sticky) comes next. */
  sees(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at
    return pattern.test(this.#line)
  }

  /** What matches `pattern` (sticky) here, and moves on; null where it does not. */
  take(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at
    const [found] = pattern.exec(this.#line) ?? []
    if (found === undefined) return null
    this.#at += found.length
    this.#skip()
    return found
  }

  /** What matches `pattern` here. */
  need(pattern: RegExp, expected: string): string {
    return this.take(pattern) ?? this.expected(expected)
  }

  /** Text in quotes, as JSON writes it; null where no quote comes next. */
  text(): string | null {
    if (!this.sees(/"/y)) return null
    const at = this.column
    const quoted = this.take(/"(?:[^"\\]|\\.)*"/y)
    if (quoted === null) return this.refuse('the text that begins here has no closing quote', at)
    try {
      return JSON.parse(quoted) as string
    } catch {
      return this.refuse('this text has a backslash or a control character that JSON does not know', at)
    }
  }

  expected(what: string): never {
    const rest = this.#line.slice(this.#at).trim()
    const found =
      rest === '' ? 'the line ends' : `there is "${rest.length > 24 ? `${rest.slice(0, 24)}…` : rest}"`
    return this.refuse(`expected ${what}, but ${found}`)
  }

  refuse(message: string, column = this.column): never {
    throw new LineError(message, column)
  }

  /** Spaces and a comment mean nothing. */
  #skip(): void {
    const space = /\s*(#.*)?/y
    space.lastIndex = this.#at
    this.#at += space.exec(this.#line)?.[0].length ?? 0
  }
}
