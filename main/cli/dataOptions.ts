/** What a person types to have data read otherwise than guessed, checked by the same schema as the page's form. */
import { importOptionsSchema, type ImportOptions } from '../common/data/options.ts'
import { type Guess, type Reading } from '../common/data/guess.ts'
import { typedPath } from '../shells/options.ts'
import { UsageError } from './errors.ts'

/** The groups of options that only some kinds have, and what they are about. */
const groups = {
  split: 'every kind',
  columns: 'lists of texts or images',
  image: 'images',
  text: 'texts',
  blocks: 'running text',
  table: 'tables',
} as const
type Group = keyof typeof groups

interface Flag {
  /** Null for an option of every kind. */
  group: Group | null
  field: string
  /** Shown after the flag. */
  takes: string
  help: string
  /** @throws UsageError for what cannot be meant */
  read(text: string, flag: string): Record<string, unknown>
}

const flag = (
  group: Group | null,
  field: string,
  takes: string,
  help: string,
  value: (text: string, flag: string) => unknown,
): Flag => ({ group, field, takes, help, read: (text, name) => ({ [field]: value(text, name) }) })

const word = (text: string): string => text
const number = (text: string, name: string): number => {
  const value = text.trim() === '' ? NaN : Number(text)
  if (Number.isNaN(value)) throw wrong(name, text, 'it is not a number')
  return value
}
const yes = (text: string, name: string): boolean => {
  if (text !== 'yes' && text !== 'no') throw wrong(name, text, 'it is yes or no')
  return text === 'yes'
}
const list = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')

const flags: Record<string, Flag> = {
  validation: flag(null, 'validationShare', 'X', 'share held out for validation, 0.05 to 0.5', number),
  test: flag('split', 'testShare', 'X', 'share held out for a last test, 0 to 0.5', number),
  'split-by': flag('split', 'by', 'HOW', 'item, stratified or group', word),
  group: flag('split', 'groupColumn', 'COLUMN', 'of --split-by group: what stays together', word),
  'given-split': flag('split', 'given', 'yes|no', 'whether train and val folders are taken as such', yes),
  'most-set-aside': flag(
    null,
    'mostSetAside',
    'X',
    'share of unreadable samples that stops an import',
    number,
  ),
  input: flag('columns', 'input', 'COLUMN', 'column with the text, or the path of the image', word),
  label: flag('columns', 'label', 'COLUMN', 'column with the label', word),
  header: flag('columns', 'header', 'yes|no', 'whether the first row names the columns', yes),
  sizing: flag('image', 'sizing', 'HOW', 'resize, crop, letterbox or keep', word),
  size: {
    group: 'image',
    field: 'width',
    takes: 'WxH',
    help: 'width and height in pixels: 64x48, or 64 for both',
    read(text, name) {
      const [width = '', height = width, ...more] = text.split('x')
      if (more.length > 0) throw wrong(name, text, 'it is width x height, as in 64x48')
      return { width: number(width, name), height: number(height, name) }
    },
  },
  channels: flag('image', 'channels', '1|3', 'shades of grey, or colour', number),
  'longest-side': flag(
    'image',
    'longestSide',
    'N',
    'of --sizing keep: larger images are shrunk to it',
    number,
  ),
  'most-padding': flag(
    'image',
    'mostPadding',
    'X',
    'of --sizing keep: padding of an image, 0 to 0.5',
    number,
  ),
  tokenizer: {
    group: 'text',
    field: 'tokenizer',
    takes: 'NAME',
    help: 'word, character, byte, bpe, or the path of a tokenizer.json',
    read: (text) =>
      text.endsWith('.json')
        ? { tokenizer: 'file', tokenizerFile: typedPath(text) }
        : { tokenizer: text, tokenizerFile: null },
  },
  'read-as': flag('text', 'representation', 'HOW', 'tokens or bag-of-words', word),
  vocabulary: flag('text', 'vocabularySize', 'N', 'tokens kept, the most frequent of training first', number),
  'min-frequency': flag('text', 'minimumFrequency', 'N', 'what is rarer in training is not kept', number),
  'max-length': flag('text', 'maximumLength', 'N', 'longer texts are cut to so many tokens', number),
  'block-length': flag('blocks', 'length', 'N', 'tokens that a language model sees at once', number),
  stride: flag('blocks', 'stride', 'N', 'tokens from the beginning of a block to the next', number),
  target: flag('table', 'target', 'COLUMN', 'column to predict', word),
  task: flag('table', 'task', 'classify|regress', 'predict classes or a number', word),
  'leave-out': flag('table', 'leaveOut', 'A,B', 'columns that the model does not see', list),
  scaling: flag('table', 'scaling', 'HOW', 'of numbers: standard, quantile or none', word),
  categories: flag('table', 'categories', 'HOW', 'one-hot or codes', word),
  missing: flag('table', 'missing', 'HOW', 'of numbers: mean, median, zero or indicator', word),
}

/** For `parseArgs`. */
export const dataFlags = Object.fromEntries(
  ['as', ...Object.keys(flags)].map((name) => [name, { type: 'string' as const }]),
)

const kinds = importOptionsSchema.shape.kind.options

/** The lines of `--help`. */
export const dataHelp = [
  `  --as KIND               read the data as ${kinds.slice(0, 3).join(', ')},`,
  `                          ${kinds.slice(3, -1).join(', ')} or ${kinds.at(-1)}`,
  ...Object.entries(flags).map(([name, { takes, help }]) => `  ${`--${name} ${takes}`.padEnd(23)} ${help}`),
].join('\n')

/**
 * The reading of a guess that a person asked for, with what they typed.
 * @throws UsageError naming the option and the value
 */
export function typedReading(guess: Guess, typed: Readonly<Record<string, unknown>>): Reading {
  const readings = [guess, ...guess.others]
  const kind = typed['as']
  const reading = kind === undefined ? guess : readings.find(({ options }) => options.kind === kind)
  if (!reading)
    throw new UsageError(
      `${guess.path} cannot be read as ${String(kind)}.`,
      `It may be ${readings.map(({ options }) => options.kind).join(' or ')}.`,
    )
  return { ...reading, options: withTyped(reading, typed) }
}

function withTyped({ path, options }: Reading, typed: Readonly<Record<string, unknown>>): ImportOptions {
  const changed: Record<string, unknown> = { ...options }
  for (const [name, { group, read }] of Object.entries(flags)) {
    const text = typed[name]
    if (typeof text !== 'string') continue
    const value = read(text, name)
    if (group === null) {
      Object.assign(changed, value)
      continue
    }
    const standing = changed[group]
    if (standing === null || standing === undefined)
      throw new UsageError(
        `--${name} is for ${groups[group]}, and ${path} is read as ${options.kind}.`,
        'Leave it out, or choose another reading with --as.',
      )
    changed[group] = { ...standing, ...value }
  }
  const parsed = importOptionsSchema.safeParse(changed)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const [group, field] =
    (issue?.path ?? []).length > 1 ? issue!.path.map(String) : [null, String(issue?.path[0])]
  const [name = String(field)] =
    Object.entries(flags).find(([, one]) => one.group === group && one.field === field) ?? []
  const text = typed[name]
  throw wrong(name, typeof text === 'string' ? text : '', issue?.message ?? 'not understood')
}

const wrong = (name: string, text: string, reason: string): UsageError =>
  new UsageError(
    `--${name} ${text} is not possible: ${reason}.`,
    'Run the command with --help for its options.',
  )
