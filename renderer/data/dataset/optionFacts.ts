/** The options that a data set was read with, as pairs of name and value in words. Pure. */
import type { Dataset } from '../../../main/common/data/dataset.ts'
import type { ImportOptions, TokenizerName } from '../../../main/common/data/options.ts'
import { count } from '../../ui/format.ts'
import { kindTitles } from '../describe.ts'

export type Fact = readonly [name: string, value: string]

export function optionFacts({ options }: Pick<Dataset, 'options'>): Fact[] {
  const { kind, columns, image, text, blocks, table } = options
  const facts: Fact[] = [['Kind', kindTitles[kind]]]
  if (columns)
    facts.push(['Columns', `${columns.input} → ${columns.label}${columns.header ? '' : ', no row of names'}`])
  if (image && kind !== 'idx') facts.push(['Sizes', sizing(image)])
  if (image) facts.push(['Channels', image.channels === 1 ? 'grey' : 'colour'])
  if (text) facts.push(...textFacts(text, blocks !== null))
  if (blocks)
    facts.push(['Blocks', `${count(blocks.length)} tokens, a new one every ${count(blocks.stride)}`])
  if (table) facts.push(...tableFacts(table))
  facts.push(['Parts', parts(options)])
  return facts
}

const percent = (share: number): string => `${Math.round(100 * share)} %`

function sizing(image: NonNullable<ImportOptions['image']>): string {
  const size = `${image.width} × ${image.height}`
  switch (image.sizing) {
    case 'resize':
      return `stretched to ${size}`
    case 'crop':
      return `cropped to ${size}`
    case 'letterbox':
      return `letterboxed into ${size}`
    case 'keep':
      return `kept, sides up to ${image.longestSide}${image.mostPadding > 0 ? `, padded by at most ${percent(image.mostPadding)}` : ''}`
  }
}

const tokens: Record<TokenizerName, string> = {
  word: 'words',
  character: 'characters',
  byte: 'bytes',
  bpe: 'byte pairs, learnt here',
  file: 'as a tokenizer.json says',
}

function textFacts(text: NonNullable<ImportOptions['text']>, blocks: boolean): Fact[] {
  if (text.representation === 'bag-of-words' && !blocks)
    return [['Read as', `bag of words, at most ${count(text.vocabularySize)} words`]]
  const facts: Fact[] = [['Tokens', tokens[text.tokenizer]]]
  if (text.tokenizer === 'file') facts.push(['Tokenizer', text.tokenizerFile ?? ''])
  else if (text.tokenizer !== 'byte')
    facts.push([
      'Vocabulary',
      `at most ${count(text.vocabularySize)}, each at least ${count(text.minimumFrequency)} ×`,
    ])
  if (!blocks) facts.push(['Longest text', `${count(text.maximumLength)} tokens`])
  return facts
}

function tableFacts(table: NonNullable<ImportOptions['table']>): Fact[] {
  const scaling = { standard: 'standardised', quantile: 'by quantile', none: 'as they are' }
  const missing = { mean: 'mean', median: 'median', zero: '0', indicator: 'mean and a sign' }
  const facts: Fact[] = [
    ['Predicts', `${table.target}, as ${table.task === 'regress' ? 'a number' : 'classes'}`],
    ['Numbers', `${scaling[table.scaling]}; missing: ${missing[table.missing]}`],
    ['Categories', table.categories === 'one-hot' ? 'one-hot' : 'numbers, for an embedding'],
  ]
  const left = table.leaveOut
  if (left.length > 0)
    facts.push([
      'Left out',
      left.length > 5 ? `${left.slice(0, 5).join(', ')} and ${left.length - 5} more` : left.join(', '),
    ])
  return facts
}

function parts({ validationShare, split }: ImportOptions): string {
  const shares = [
    `validation ${percent(validationShare)}`,
    ...(split.testShare > 0 ? [`test ${percent(split.testShare)}`] : []),
  ].join(', ')
  const by = {
    item: 'by content',
    stratified: 'the same share of every class',
    group: `grouped by ${split.groupColumn ?? ''}`,
  }[split.by]
  return split.given ? `as the source gives them; else ${shares}, ${by}` : `${shares}, ${by}`
}
