/** What the options of an import may be, in words; said at the field. Pure. */
import { importOptionsSchema, type ImportOptions } from '../../../main/common/data/options.ts'
import { count } from '../../ui/format.ts'

/** Smallest and largest of the whole numbers among the options, by their path; the schema refuses what is beyond. */
export const limits = {
  'image.width': [1, 1024],
  'image.height': [1, 1024],
  'image.longestSide': [8, 1024],
  'text.vocabularySize': [2, 100_000],
  'text.minimumFrequency': [1, 1000],
  'text.maximumLength': [1, 4096],
  'blocks.length': [2, 4096],
  'blocks.stride': [1, 4096],
} as const satisfies Record<string, readonly [number, number]>

/** The same for shares, in percent. */
export const shareLimits = {
  validationShare: [5, 50],
  'split.testShare': [0, 50],
  mostSetAside: [0, 100],
  'image.mostPadding': [0, 50],
} as const satisfies Record<string, readonly [number, number]>

export type WrongFields = ReadonlyMap<string, string>

/** The fields whose value is not allowed, each with what is. */
export function wrongFields(options: ImportOptions): WrongFields {
  const wrong = new Map<string, string>()
  for (const issue of importOptionsSchema.safeParse(options).error?.issues ?? []) {
    const path = issue.path.join('.')
    if (!wrong.has(path)) wrong.set(path, allowed(path) ?? issue.message)
  }
  const { columns, table, text, split } = options
  if (
    text?.tokenizer === 'file' &&
    text.representation === 'tokens' &&
    !text.tokenizerFile?.endsWith('.json')
  )
    wrong.set('text.tokenizerFile', 'The path of a tokenizer.json.')
  if (columns && columns.input === columns.label)
    wrong.set('columns.label', 'Another column than the one that is read.')
  if (split.by === 'group' && !split.groupColumn) wrong.set('split.groupColumn', 'Choose a column.')
  if (table && table.target === '') wrong.set('table.target', 'Choose the column to predict.')
  return wrong
}

function allowed(path: string): string | null {
  if (path === 'name') return 'Give it a name of 1 to 120 characters.'
  if (path in limits) {
    const [least, most] = limits[path as keyof typeof limits]
    return `A whole number, ${count(least)} to ${count(most)}.`
  }
  if (path in shareLimits) {
    const [least, most] = shareLimits[path as keyof typeof shareLimits]
    return `${least} % to ${most} %.`
  }
  return null
}
