/**
 * A filter as a tree.
 *
 *     any   := all ('or' all)*
 *     all   := one ('and'? one)*
 *     one   := 'not' one | '(' any ')' | name operator value | name 'not'? 'in' '(' value (',' value)* ')' | text
 */
import { FilterError } from './error.ts'
import { tokens, type Operator, type Token } from './tokens.ts'

export interface Span {
  start: number
  end: number
}

export interface Name extends Span {
  text: string
}

export interface Literal extends Span {
  text: string
  /** Quoted, so it is text whatever it looks like. */
  quoted: boolean
}

export type Filter =
  | { kind: 'all' | 'any'; parts: Filter[] }
  | { kind: 'not'; part: Filter }
  | { kind: 'words'; text: string }
  | { kind: 'compare'; name: Name; operator: Operator; value: Literal }
  | { kind: 'in'; name: Name; values: Literal[] }

const longest = 20_000
const deepest = 100

/** Null where nothing is asked for. @throws FilterError */
export function parse(text: string): Filter | null {
  if (text.length > longest)
    throw new FilterError(
      { start: longest, end: text.length },
      `A filter has at most ${longest} characters; this one has ${text.length}.`,
      'Shorten it.',
    )
  const all = tokens(text)
  return all.length === 0 ? null : new Parser(all, text.length).whole()
}

export const isKeyword = (text: string): boolean => /^(and|or|not|in)$/i.test(text)

class Parser {
  readonly #tokens: readonly Token[]
  readonly #length: number
  #at = 0
  #depth = 0

  constructor(all: readonly Token[], length: number) {
    this.#tokens = all
    this.#length = length
  }

  whole(): Filter {
    const filter = this.#any()
    const left = this.#peek()
    if (!left) return filter
    if (left.kind === ')')
      throw new FilterError(left, 'This ) closes nothing.', 'Remove it, or open it with ( before.')
    throw new FilterError(left, `“${left.text}” stands where a condition should.`, 'Remove it.')
  }

  #peek(ahead = 0): Token | undefined {
    return this.#tokens[this.#at + ahead]
  }

  #keyword(word: string, ahead = 0): boolean {
    const token = this.#peek(ahead)
    return token?.kind === 'word' && token.text.toLowerCase() === word
  }

  #any(): Filter {
    const parts = [this.#all()]
    while (this.#keyword('or')) {
      this.#at++
      parts.push(this.#all())
    }
    return parts.length === 1 ? (parts[0] as Filter) : { kind: 'any', parts }
  }

  #all(): Filter {
    const parts = [this.#one()]
    for (;;) {
      if (this.#keyword('and')) this.#at++
      else {
        const next = this.#peek()
        if (
          !next ||
          next.kind === ')' ||
          next.kind === ',' ||
          next.kind === 'operator' ||
          this.#keyword('or')
        )
          break
      }
      parts.push(this.#one())
    }
    return parts.length === 1 ? (parts[0] as Filter) : { kind: 'all', parts }
  }

  #one(): Filter {
    if (++this.#depth > deepest)
      throw new FilterError(
        this.#here(),
        `More than ${deepest} conditions lie inside each other.`,
        'Use fewer parentheses.',
      )
    try {
      return this.#oneInside()
    } finally {
      this.#depth--
    }
  }

  #oneInside(): Filter {
    const token = this.#peek()
    if (this.#keyword('not')) {
      this.#at++
      return { kind: 'not', part: this.#one() }
    }
    if (token?.kind === '(') {
      this.#at++
      const inside = this.#any()
      if (this.#peek()?.kind !== ')')
        throw new FilterError(
          token,
          `The ( at position ${token.start + 1} is not closed.`,
          'Write a ) after its conditions.',
        )
      this.#at++
      return inside
    }
    if (!token || this.#keyword('and') || this.#keyword('or'))
      throw new FilterError(
        this.#here(),
        'A condition is missing here.',
        'Write one such as lr < 0.01, or a word to search for.',
      )
    if (token.kind === 'operator')
      throw new FilterError(
        token,
        `Nothing stands before “${token.text}”.`,
        'Write what to compare, as in val/accuracy > 0.7.',
      )
    if (token.kind === ')' || token.kind === ',')
      throw new FilterError(
        token,
        `A condition is missing before “${token.text}”.`,
        `Write one, or remove the “${token.text}”.`,
      )
    return this.#condition(token)
  }

  #condition(token: Token): Filter {
    const { text, start, end } = token
    const name = { text, start, end }
    const operator = this.#peek(1)
    if (operator?.kind === 'operator') {
      this.#at += 2
      return { kind: 'compare', name, operator: operator.text as Operator, value: this.#value(operator) }
    }
    const negated = this.#keyword('not', 1) && this.#keyword('in', 2)
    if ((this.#keyword('in', 1) && this.#peek(2)?.kind === '(') || negated) {
      this.#at += negated ? 3 : 2
      const list: Filter = { kind: 'in', name, values: this.#values() }
      return negated ? { kind: 'not', part: list } : list
    }
    this.#at++
    if (token.kind === 'name')
      throw new FilterError(
        token,
        `${text} is compared with nothing.`,
        'Write an operator and a value after it, as in > 0.7.',
      )
    return { kind: 'words', text }
  }

  #value(operator: Token): Literal {
    const token = this.#peek()
    if (!token || (token.kind !== 'word' && token.kind !== 'string'))
      throw new FilterError(
        token ?? { start: operator.start, end: this.#length },
        `A value is missing after “${operator.text}”.`,
        'Write a number, a text in quotes, or none.',
      )
    this.#at++
    return { text: token.text, quoted: token.kind === 'string', start: token.start, end: token.end }
  }

  #values(): Literal[] {
    const open = this.#peek()
    if (open?.kind !== '(')
      throw new FilterError(this.#here(), 'A list is missing after “in”.', 'Write it as in ("a", "b").')
    const values: Literal[] = []
    do {
      this.#at++
      values.push(this.#value(this.#tokens[this.#at - 1] as Token))
    } while (this.#peek()?.kind === ',')
    if (this.#peek()?.kind !== ')')
      throw new FilterError(
        open,
        `The list at position ${open.start + 1} is not closed.`,
        'Put commas between its values and a ) after them.',
      )
    this.#at++
    return values
  }

  /** Where the text goes on, or its end. */
  #here(): Span {
    return this.#peek() ?? { start: this.#length, end: this.#length }
  }
}
