/** While a filter is typed, the name it will go on with is not yet a word to search for. */
import type { Fields } from './fields/index.ts'
import { tokens } from './tokens.ts'

/** The text without a last word that begins the name of a field, and without what would join it; null where it ends otherwise. */
export function withoutUnfinished(text: string, fields: Fields): string | null {
  const all = readable(text)
  const last = all?.at(-1)
  if (!all || last?.kind !== 'word' || all.at(-2)?.kind === 'operator') return null
  const typed = last.text.toLowerCase()
  const begins = (name: string): boolean => name.toLowerCase().startsWith(typed)
  const qualified = fields.find(last.text) !== null || fields.find(last.text.replace(/\.[^.]*$/, '')) !== null
  if (!qualified && !fields.metrics.some(begins) && !fields.plain.some(({ name }) => begins(name)))
    return null
  let end = all.length - 1
  while (end > 0 && /^(and|or|not|\()$/i.test(all[end - 1]?.text ?? '')) end--
  return text.slice(0, all[end - 1]?.end ?? 0)
}

function readable(text: string): ReturnType<typeof tokens> | null {
  try {
    return tokens(text)
  } catch {
    return null
  }
}
