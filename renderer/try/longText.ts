/** Texts that are longer than a field of a browser bears. Pure. */
import { mostCharacters } from '../../main/common/predict/subject.ts'

/** Characters that can still be edited in a field without it holding up the page. */
export const mostTyped = 20_000

/** The part of a text that is kept, never half a character. */
export function held(text: string, reads: 'beginning' | 'end'): string {
  if (text.length <= mostCharacters) return text
  const part = reads === 'beginning' ? text.slice(0, mostCharacters) : text.slice(-mostCharacters)
  return part.replace(/^[\uDC00-\uDFFF]|[\uD800-\uDBFF]$/g, '')
}

/** As much of the end of a text as is worth showing before what goes on from it. */
export const ending = (text: string, most: number): string =>
  text.length <= most ? text : `… ${text.slice(-most)}`
