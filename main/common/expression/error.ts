/** Where something stands in a text, both counted from 1. */
export interface Place {
  line: number
  column: number
}

/** What is wrong with an expression, as half a sentence without capital and full stop. */
export class ExpressionError extends Error {
  readonly place: Place

  constructor(place: Place, message: string) {
    super(message)
    this.name = 'ExpressionError'
    this.place = place
  }
}
