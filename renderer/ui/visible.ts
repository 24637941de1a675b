/** White space would not be seen. */
const signs: Readonly<Record<string, string>> = { ' ': '␣', '\n': '⏎', '\r': '⏎', '\t': '⇥' }

/** A token as it is written on the page. */
export const visible = (text: string): string =>
  text === '' ? '∅' : text.trim() === '' ? [...text].map((sign) => signs[sign] ?? sign).join('') : text
