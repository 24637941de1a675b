/** A filter's text in pieces. */
import { FilterError } from './error.ts'

export interface Token {
  /** `word` stands bare, `string` in quotes, `name` in backquotes. */
  kind: 'word' | 'string' | 'name' | 'operator' | '(' | ')' | ','
  /** Without quotes; operators in the one way that compile.ts knows. */
  text: string
  start: number
  end: number
}

export const operators = ['=', '!=', '>', '>=', '<', '<=', '~', '!~'] as const
export type Operator = (typeof operators)[number]

/** Longest first. */
const spellings: readonly (readonly [string, Operator])[] = [
  ['==', '='],
  ['!=', '!='],
  ['<>', '!='],
  ['>=', '>='],
  ['<=', '<='],
  ['!~', '!~'],
  ['=', '='],
  ['>', '>'],
  ['<', '<'],
  ['~', '~'],
  ['≠', '!='],
  ['≥', '>='],
  ['≤', '<='],
]

const quotes: Record<string, 'string' | 'name'> = { '"': 'string', "'": 'string', '`': 'name' }

/** What ends a bare word. */
const ends = /[\s()<>=!~,"'`≠≥≤]/

/** @throws FilterError of a quote that does not end, and of a `!` alone */
export function tokens(text: string): Token[] {
  const found: Token[] = []
  let at = 0
  while (at < text.length) {
    const char = text[at] as string
    if (/\s/.test(char)) {
      at++
      continue
    }
    const token = piece(text, at, char)
    found.push(token)
    at = token.end
  }
  return found
}

function piece(text: string, start: number, char: string): Token {
  if (char === '(' || char === ')' || char === ',') return { kind: char, text: char, start, end: start + 1 }
  const spelling = spellings.find(([written]) => text.startsWith(written, start))
  if (spelling) return { kind: 'operator', text: spelling[1], start, end: start + spelling[0].length }
  const quote = quotes[char]
  if (quote) return quoted(text, start, char, quote)
  if (char === '!')
    throw new FilterError({ start, end: start + 1 }, 'A “!” alone says nothing.', 'Write != or not.')
  let end = start + 1
  while (end < text.length && !ends.test(text[end] as string)) end++
  return { kind: 'word', text: text.slice(start, end), start, end }
}

function quoted(text: string, start: number, quote: string, kind: 'string' | 'name'): Token {
  let content = ''
  for (let at = start + 1; at < text.length; at++) {
    const char = text[at] as string
    if (char === quote) return { kind, text: content, start, end: at + 1 }
    const next = text[at + 1]
    if (char === '\\' && (next === quote || next === '\\')) {
      content += next
      at++
    } else content += char
  }
  throw new FilterError(
    { start, end: text.length },
    `The ${quote} at position ${start + 1} is not closed.`,
    `Put another ${quote} where the ${kind === 'name' ? 'name' : 'text'} ends.`,
  )
}
