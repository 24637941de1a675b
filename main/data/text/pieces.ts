/** A long text in pieces of at most this many characters, so that no step holds the thread. */
const mostCharacters = 1 << 15

/** Pieces end after white space where there is some, and never inside a character. */
export function* pieces(text: string): Generator<string> {
  for (let from = 0; from < text.length;) {
    let to = Math.min(text.length, from + mostCharacters)
    if (to < text.length) {
      while (to > from + mostCharacters / 2 && !/\s/.test(text[to - 1]!)) to -= 1
      const last = text.charCodeAt(to - 1)
      if (last >= 0xd800 && last < 0xdc00) to -= 1
    }
    yield text.slice(from, to)
    from = to
  }
}
