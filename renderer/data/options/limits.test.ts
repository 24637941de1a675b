import { describe, expect, it } from 'vitest'
import {
  importOptionsSchema,
  plainOptions,
  plainTable,
  type ImportOptions,
} from '../../../main/common/data/options.ts'
import { limits, shareLimits, wrongFields } from './limits.ts'

const parsed = (value: unknown): ImportOptions => importOptionsSchema.parse(value)
const good = parsed({
  ...plainOptions,
  kind: 'image-folder',
  name: 'all',
  image: { height: 32, width: 32, channels: 3 },
  text: { vocabularySize: 100 },
  blocks: { length: 64, stride: 64 },
})

/** The options with one value replaced, by its path. */
function changed(path: string, value: unknown): ImportOptions {
  const copy = structuredClone(good) as unknown as Record<string, unknown>
  const names = path.split('.')
  const last = names.pop()!
  const holder = names.reduce((at, name) => at[name] as Record<string, unknown>, copy)
  holder[last] = value
  return copy as unknown as ImportOptions
}

describe('the values that an import may have', () => {
  it.each(Object.entries(limits))(
    '%s: what the page says is what the schema takes',
    (path, [least, most]) => {
      for (const value of [least, most]) expect(wrongFields(changed(path, value)).size).toBe(0)
      for (const value of [least - 1, most + 1, least + 0.5]) {
        const wrong = wrongFields(changed(path, value))
        expect(wrong.get(path)).toMatch(/^A whole number, [\d,]+ to [\d,]+\.$/)
        expect(wrong.size).toBe(1)
      }
    },
  )

  it.each(Object.entries(shareLimits))('%s: the same for shares', (path, [least, most]) => {
    for (const value of [least, most]) expect(wrongFields(changed(path, value / 100)).size).toBe(0)
    for (const value of [least - 1, most + 1])
      expect(wrongFields(changed(path, value / 100)).get(path)).toBe(`${least} % to ${most} %.`)
  })

  it('wants a name, a column to predict, a column to group by, and two different columns', () => {
    expect(wrongFields({ ...good, name: '' }).get('name')).toContain('120')
    const table = { ...plainTable, target: '', task: 'classify' as const }
    expect(wrongFields({ ...good, table }).get('table.target')).toBe('Choose the column to predict.')
    const split = { ...good.split, by: 'group' as const }
    expect([...wrongFields({ ...good, split }).keys()]).toEqual(['split.groupColumn'])
    const text = { ...good.text!, representation: 'tokens' as const, tokenizer: 'file' as const }
    expect([...wrongFields({ ...good, text }).keys()]).toEqual(['text.tokenizerFile'])
    const tokenizerFile = '/models/tokenizer.json'
    expect(wrongFields({ ...good, text: { ...text, tokenizerFile } }).size).toBe(0)
    const columns = { header: true, input: 'text', label: 'text' }
    expect([...wrongFields({ ...good, columns }).keys()]).toEqual(['columns.label'])
  })
})
