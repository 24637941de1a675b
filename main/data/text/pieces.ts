/** A long text in pieces of at most this many characters, so that no step holds the thread. */
const mostCharacters = 1 << 15

/** Pieces begin at white space where there is some, as words carry the space before them, and never inside a character. */
export function* pieces(text: string): Generator<string> {
  if (text.length <= mostCharacters) {
    if (text !== '') yield text
    return
  }
  for (let from = 0; from < text.length;) {
    let to = Math.min(text.length, from + mostCharacters)
    if (to < text.length) {
      let space = to
      while (space > from + mostCharacters / 2 && !/\s/.test(text[space]!)) space -= 1
      if (space > from + mostCharacters / 2) to = space
      const last = text.charCodeAt(to - 1)
      if (last >= 0xd800 && last < 0xdc00) to -= 1
    }
    yield text.slice(from, to)
    from = to
  }
}
