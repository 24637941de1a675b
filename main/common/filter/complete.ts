/** What can be written next, while a filter is typed. */
import type { Run } from '../schemas.ts'
import { writeName, writeText } from './clause.ts'
import { isNumeric, qualifiers, type Field, type Fields } from './fields/index.ts'
import { isKeyword } from './parse.ts'
import { operators, tokens, type Token } from './tokens.ts'

export interface Completion {
  /** What is written in place of `text.slice(start, end)`. */
  insert: string
  note: string
}

export interface Completions {
  start: number
  end: number
  options: readonly Completion[]
}

const most = 50
const nothing = (caret: number): Completions => ({ start: caret, end: caret, options: [] })

/** @param caret offset into the text */
export function complete(text: string, caret: number, fields: Fields, runs: readonly Run[]): Completions {
  const before = readable(text.slice(0, caret))
  if (!before) return nothing(caret)
  const last = before.at(-1)
  // Behind a word that goes on to the caret that word is completed; else something new begins.
  const typed = last && last.end === caret && (last.kind === 'word' || last.kind === 'name') ? last : null
  const earlier = typed ? before.slice(0, -1) : before
  const start = typed?.start ?? caret
  const end = typed ? caret + rest(text, caret) : caret
  const options = optionsAfter(earlier, typed?.text ?? '', fields, runs)
  return { start, end, options: options.slice(0, most) }
}

/** Null inside quotes that are not closed: what stands there is free. */
function readable(text: string): Token[] | null {
  try {
    return tokens(text)
  } catch {
    return null
  }
}

/** Letters behind the caret that belong to the word before it. */
const rest = (text: string, caret: number): number =>
  /^[^\s()<>=!~,"'`≠≥≤]*/.exec(text.slice(caret))?.[0].length ?? 0

function optionsAfter(
  earlier: readonly Token[],
  typed: string,
  fields: Fields,
  runs: readonly Run[],
): Completion[] {
  const last = earlier.at(-1)
  if (last?.kind === 'operator') return values(earlier.at(-2), typed, fields, runs)
  const list = listName(earlier)
  if (list) return last?.kind === ',' || last?.kind === '(' ? values(list, typed, fields, runs) : []
  const conditionDone = last && last.kind !== '(' && !(last.kind === 'word' && isKeyword(last.text))
  // Behind a name comes an operator, behind a whole condition `and` or `or`; behind words to search for either.
  const onlyName = conditionDone && earlier.at(-2)?.kind !== 'operator' && fields.find(last.text) !== null
  if (onlyName && typed === '')
    return operators.map((operator) => ({ insert: operator, note: meaning[operator] }))
  const joins = conditionDone ? ['and', 'or'].map((insert) => ({ insert, note: '' })) : []
  return [...matching(joins, typed), ...names(typed, fields)]
}

const meaning: Record<(typeof operators)[number], string> = {
  '=': 'is',
  '!=': 'is not',
  '>': 'more than',
  '>=': 'at least',
  '<': 'less than',
  '<=': 'at most',
  '~': 'contains',
  '!~': 'does not contain',
}

/** The name before an `in (` whose list the caret is in. */
function listName(earlier: readonly Token[]): Token | undefined {
  const open = earlier.findLastIndex(({ kind }) => kind === '(')
  const word = earlier[open - 1]
  const inside = earlier
    .slice(open + 1)
    .every(({ kind }) => kind === 'word' || kind === 'string' || kind === ',')
  const isList = open > 1 && inside && word?.kind === 'word' && word.text.toLowerCase() === 'in'
  if (!isList) return undefined
  const negated = earlier[open - 2]
  return negated?.text.toLowerCase() === 'not' ? earlier[open - 3] : negated
}

function matching(options: readonly Completion[], typed: string): Completion[] {
  const wanted = typed.toLowerCase()
  const rank = ({ insert }: Completion): number => insert.toLowerCase().indexOf(wanted)
  const found = options.filter((option) => rank(option) >= 0 && option.insert !== typed)
  // What begins so comes before what only contains it; else in the order given.
  return [...found.filter((one) => rank(one) === 0), ...found.filter((one) => rank(one) > 0)]
}

function names(typed: string, fields: Fields): Completion[] {
  const option = (field: Field): Completion => ({ insert: writeName(field.name), note: field.help })
  const plain = fields.plain.map(option)
  const dot = typed.lastIndexOf('.')
  const metric = dot < 0 ? null : fields.metrics.find((name) => name === typed.slice(0, dot))
  const metrics = metric
    ? qualifiers.flatMap((qualifier) => {
        const field = fields.find(`${metric}.${qualifier}`)
        return field ? [option(field)] : []
      })
    : fields.metrics.map((name) => ({
        insert: writeName(name),
        note: 'last value; .best, .min, .max, .first',
      }))
  return matching([...plain, ...metrics], typed)
}

/** What the runs have there, the most frequent first; of numbers only what was typed and not measured. */
function values(name: Token | undefined, typed: string, fields: Fields, runs: readonly Run[]): Completion[] {
  const field = name && fields.find(name.text)
  if (!field || field.kind === 'measure' || field.kind === 'share' || field.kind === 'moment') return []
  if (field.kind === 'flag')
    return matching(
      [
        { insert: 'yes', note: '' },
        { insert: 'no', note: '' },
      ],
      typed,
    )
  const counts = new Map<string, number>()
  for (const run of runs) {
    const value = field.read(run)
    for (const one of value === null ? [] : typeof value === 'object' ? value : [value]) {
      const written = isNumeric(field) && typeof one === 'number' ? String(one) : writeText(String(one))
      counts.set(written, (counts.get(written) ?? 0) + 1)
    }
  }
  const options = [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([insert, count]) => ({ insert, note: `${count} ${count === 1 ? 'run' : 'runs'}` }))
  return matching([...options, { insert: 'none', note: 'has no value' }], typed)
}
