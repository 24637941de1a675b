/** What is wrong with a filter, where, and what to write in its place. */
export class FilterError extends Error {
  /** Offsets into the text, the end not counted. */
  readonly start: number
  readonly end: number
  readonly what: string
  readonly mend: string

  constructor({ start, end }: { start: number; end: number }, what: string, mend: string) {
    super(`${what} ${mend}`)
    this.name = 'FilterError'
    this.start = start
    this.end = end
    this.what = what
    this.mend = mend
  }
}
