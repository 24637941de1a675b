/** The words of the text view: kinds of layers, names, values. Written and read here, so that the two agree. */
import type { Parameter } from '../document.ts'
import { layerOf, layers } from '../layers/catalogue.ts'
import type { Cursor } from './cursor.ts'

const plain = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, '')

/** `Batch norm` is written `BatchNorm`. */
const joined = (title: string): string =>
  title
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')

const kindByWord = new Map<string, string>()
for (const { kind } of layers) kindByWord.set(plain(kind), kind)
for (const { kind, title } of layers) if (!kindByWord.has(plain(title))) kindByWord.set(plain(title), kind)

/** How a kind is written: the layer's title as one word; a kind that is not known in quotes. */
export function kindWord(kind: string): string {
  const layer = layerOf(kind)
  if (!layer) return JSON.stringify(kind)
  const word = joined(layer.title)
  const written = kindByWord.get(plain(word)) === kind && /^[A-Za-z]/.test(word) ? word : kind
  return /^[A-Za-z][\w-]*$/.test(written) ? written : JSON.stringify(kind)
}

/** The kind that a word means, however it is capitalised; undefined for none. */
export const kindOfWord = (word: string): string | undefined => kindByWord.get(plain(word))

/** Words for kinds that begin like this one. */
export const similarKinds = (word: string): string[] =>
  layers
    .filter(({ hidden }) => !hidden)
    .flatMap(({ kind, title }) =>
      [kind, title].some((name) => plain(name).startsWith(plain(word).slice(0, 3))) ? [kindWord(kind)] : [],
    )

/** The key of a setting that a word means: the key itself, or the title of its field; undefined for none. */
export function keyOfWord(kind: string, word: string): string | undefined {
  const fields = layerOf(kind)?.fields ?? []
  const field =
    fields.find(({ key }) => key === word) ??
    fields.find(({ key }) => plain(key) === plain(word)) ??
    fields.find(({ title }) => plain(title) === plain(word))
  return field?.key
}

const bare = /^[A-Za-z_][\w-]*$/
const constants = new Map<string, Parameter>([
  ['none', null],
  ['true', true],
  ['false', false],
])

/** A port, a key or a weight: as it is where it is one word, else in quotes. */
export const nameWord = (name: string): string => (bare.test(name) ? name : JSON.stringify(name))

const numberWord = (value: number): string => (Object.is(value, -0) ? '-0' : String(value))

/** A value of a setting: `0.5`, `true`, `none`, `same`, `"a b"`, `3 x 3`, `[1, -1]`. */
export function valueWord(value: Parameter): string {
  if (value === null) return 'none'
  if (typeof value === 'number') return numberWord(value)
  if (typeof value === 'string')
    return bare.test(value) && !constants.has(value) ? value : JSON.stringify(value)
  if (typeof value === 'boolean') return String(value)
  const words = value.map(numberWord)
  return words.length > 1 && words.every((word) => /^\d+$/.test(word))
    ? words.join(' x ')
    : `[${words.join(', ')}]`
}

/** Reads what `valueWord` writes; sizes may be written without spaces too (3x3). */
export function readValue(cursor: Cursor): Parameter {
  const sizes = cursor.take(/\d+(\s*x\s*\d+)+(?![\w.])/y)
  if (sizes !== null) return sizes.split('x').map(Number)
  if (cursor.take(/\[/y) !== null) {
    const list: number[] = []
    while (cursor.take(/\]/y) === null) {
      if (list.length > 0) cursor.need(/,/y, '"," or "]"')
      list.push(readNumber(cursor))
    }
    return list
  }
  const text = cursor.text()
  if (text !== null) return text
  const word = cursor.take(/[A-Za-z_][\w-]*/y)
  if (word === null) return readNumber(cursor)
  const constant = constants.get(word)
  return constant === undefined ? word : constant
}

function readNumber(cursor: Cursor): number {
  const at = cursor.column
  const word = cursor.need(
    /-?\d+(\.\d+)?([eE][+-]?\d+)?(?![\w.])/y,
    'a value: a number, true, false, none, a word, "text", 3 x 3 or [1, -1]',
  )
  const value = Number(word)
  if (!Number.isFinite(value)) cursor.refuse(`${word} is too large a number`, at)
  return value
}
