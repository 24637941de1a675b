import { isDeepStrictEqual } from 'node:util'
import { describe, expect, it } from 'vitest'
import { documentToJson, readDocument, type ModelDocument } from './document.ts'
import { UserError } from './errors.ts'
import { dice, randomDocument, type Dice } from './fixtures.ts'
import { planOf } from './plan.ts'
import { symbol } from './dims.ts'
import { analyse, classData, unknownData, type Analysis } from './shapes.ts'
import { chain } from './templates.ts'
import { fromText, toText } from './text.ts'
import { tidy } from './tidy.ts'

type Json = Record<string, unknown>

const strange: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  '',
  'input',
  'output',
  '__proto__',
  'constructor',
  'x'.repeat(300),
  [],
  [1, 2],
  [[[[]]]],
  {},
  { node: 'input' },
  { a: { b: { c: 1 } } },
]
const data = [
  unknownData,
  classData([1, 28, 28], 10),
  classData([3, symbol('H'), symbol('W')], 2),
  { ...classData([symbol('T')], 5), content: 'tokens' as const, vocabulary: 50 },
]

/** Every object and list of a value that can be changed, the value first. */
function places(value: unknown): (Json | unknown[])[] {
  const found: (Json | unknown[])[] = []
  const open = [value]
  for (const at of open)
    if (at !== null && typeof at === 'object') {
      found.push(at as Json)
      open.push(...(Object.values(at) as unknown[]))
    }
  return found
}

/** Something taken out, put in, doubled, or replaced by something strange or by another part of the document. */
function mutate(json: Json, { roll, pick }: Dice): void {
  const at = pick(places(json)) as Json
  const key = pick(Object.keys(at))
  switch (roll(5)) {
    case 0:
      if (Array.isArray(at)) at.splice(roll(at.length + 1), 1)
      else Reflect.deleteProperty(at, key ?? '')
      return
    case 1:
      if (Array.isArray(at)) at.push(structuredClone(pick(at) as unknown))
      else at[pick(['id', 'node', 'port', 'repeat', 'bypass', 'new'])] = structuredClone(pick(strange))
      return
    case 2: {
      const other = pick(places(json)) as Json
      const value = structuredClone(other[pick(Object.keys(other)) ?? ''])
      // JSON knows no undefined.
      if (key !== undefined && value !== undefined) at[key] = value
      return
    }
    default:
      if (key !== undefined) at[key] = structuredClone(pick(strange))
  }
}

function use(document: ModelDocument, chance: Dice): Analysis {
  const analysis = analyse(document, chance.pick(data))
  if (analysis.problems.length === 0) planOf(analysis)
  for (const { message } of [...analysis.problems, ...analysis.remarks])
    if (!/^\S.*\.$/su.test(message) || message.includes('undefined'))
      throw new Error(`not a sentence: ${message}`)
  if (!isDeepStrictEqual(fromText(toText(document), document), { document }))
    throw new Error(`the text does not read back:\n${toText(document)}`)
  tidy(document)
  return analysis
}

/** A model that can be trained, so that mutations of it are now and then plans. */
const sound = (): ModelDocument => ({
  ...chain('Sound', [
    ['input', 'input'],
    ['flatten', 'flatten'],
    ['a', 'linear', { outFeatures: 16 }],
    ['b', 'linear', { outFeatures: 16 }],
    ['c', 'relu'],
    ['scores', 'linear', { outFeatures: 10 }],
    ['output', 'output'],
  ]),
  blocks: [
    { id: 'outer', name: 'Outer', nodes: ['b'], parent: null, repeat: 2, collapsed: false },
    { id: 'inner', name: '', nodes: ['c'], parent: 'outer', repeat: 2, collapsed: false },
  ],
  ties: [{ node: 'b', weight: 'bias', source: { node: 'a', weight: 'bias' } }],
})

describe('10,000 mutated documents', () => {
  it('are refused at a named place or shown with their problems; none throws anything else', () => {
    const counts = { refused: 0, wrong: 0, sound: 0 }
    const originals = Array.from({ length: 400 }, (_, seed) =>
      documentToJson(seed % 4 === 0 ? sound() : randomDocument(seed, 5)),
    )
    for (let seed = 1; seed <= 10_000; seed++) {
      const chance = dice(seed)
      const json = JSON.parse(chance.pick(originals)) as Json
      for (let i = chance.roll(3); i >= 0; i--) mutate(json, chance)
      try {
        counts[use(readDocument(json), chance).problems.length > 0 ? 'wrong' : 'sound']++
      } catch (error) {
        if (!(error instanceof UserError)) throw new Error(`seed ${seed}: ${String(error)}`, { cause: error })
        counts.refused++
        if (
          error.code === 'document/invalid' &&
          !/ at (node|wire|block|shared weight|nodes|wires|blocks|ties|name)\b/.test(error.what)
        )
          throw new Error(`seed ${seed} names no place: ${error.what}`, { cause: error })
      }
    }
    for (const count of Object.values(counts)) expect(count).toBeGreaterThan(50)
  }, 60_000)
})

describe('mutated text', () => {
  it('is read or refused at a line, whatever is in it', () => {
    const signs = '()[]{}"\\:=,.<->#x 3\n\t\0é"'
    for (let seed = 1; seed <= 1000; seed++) {
      const { roll, pick } = dice(seed)
      const document = randomDocument(seed % 200, 7)
      let text = toText(document)
      for (let i = roll(4); i >= 0; i--) {
        const at = roll(text.length)
        text = text.slice(0, at) + pick([...signs, '', text.slice(at, at + 20)]) + text.slice(at + roll(4))
      }
      const result = fromText(text, document)
      if ('document' in result) readDocument(result.document)
      else {
        const lines = text.split(/\r\n|\r|\n/)
        for (const { line, column, message } of result.errors) {
          expect(message).not.toBe('')
          expect(column - 1).toBeLessThanOrEqual(lines[line - 1]?.length ?? -1)
        }
      }
    }
  })
})
