/**
 * What a way of reading texts makes of some of them, before anything is imported. The texts are read once and kept
 * until the source changes, as a person moves from one option to the next.
 */
import type { ImportOptions } from '../../common/data/options.ts'
import type { Progress } from '../../common/schemas.ts'
import type { Split } from '../../common/data/dataset.ts'
import type { Survey } from '../../common/data/guess.ts'
import { Fingerprint } from '../digest.ts'
import { absolutePath } from '../files.ts'
import { createPace } from '../pace.ts'
import type { Pace } from '../pace.ts'
import { count, figure, refuse } from '../refuse.ts'
import { sourceState } from '../sourceState.ts'
import { orderRows } from '../split.ts'
import { words } from './bagOfWords.ts'
import { trainMerges } from './bpe/train.ts'
import type { Trained } from './bpe/train.ts'
import { tokenizerNotes } from './encoders.ts'
import { pieces } from './pieces.ts'
import { bpeSize, prepareTexts, wordCounts } from './prepare.ts'
import type { Trainer } from './prepare.ts'
import { findTexts, readRunning } from './running.ts'
import { checkClasses, scanTexts } from './scan.ts'
import { share } from './share.ts'
import { tokenizerOf } from './tokenizers.ts'
import type { TextOptions, TextPreparation, TextTokenizer } from './tokenizers.ts'
import { special, Vocabulary } from './tokens.ts'

const most = { texts: 20_000, bytes: 4 << 20 }
const shownTexts = 20
const shownTokens = 200

/** Some of a source, in the order in which it would be stored. */
interface Looked {
  train: Sample[]
  heldOut: Sample[]
  whole: boolean
  notes: string[]
}

interface Sample {
  text: string
  label: string | null
  split: Split
}

interface Context {
  signal?: AbortSignal | null
  onProgress?: ((progress: Progress) => void) | null
}

/** @throws UserError as an import with these options would; `data/options` for what is no text */
export async function surveyTexts(
  path: string,
  options: ImportOptions,
  { signal, onProgress }: Context = {},
): Promise<Survey> {
  const { text: wanted, kind } = options
  if (!wanted || (kind !== 'text-classes' && kind !== 'running-text'))
    refuse('options', `A survey is of texts, and this is ${kind}.`, 'Choose a reading as texts.')
  const pace = createPace(signal, onProgress)
  const seen = await lookedAt(absolutePath(path), options, pace)
  const { train, heldOut, whole, notes } = seen.looked
  const texts = train.map(({ text }) => text)
  const preparation = await prepareTexts(texts, wanted, pace, trainerFor(seen))
  const tokenizer = wanted.representation === 'tokens' ? tokenizerOf(preparation) : bagTokenizer(preparation)
  const survey = new Counts()
  const all = [...train, ...heldOut]
  for (const [at, { text, split }] of all.entries()) {
    pace.report(at, all.length, 'Encoding texts')
    let length = tokenizer.before.length + tokenizer.after.length
    for (const piece of pieces(text)) {
      await pace.rest()
      const ids = tokenizer.encode(piece)
      length += ids.length
      survey.add(ids, split)
    }
    survey.length(length)
  }
  const running = kind === 'running-text'
  const { heldOut: unseen, tokens } = survey
  return {
    texts: all.length,
    whole,
    examples: examplesOf(train, heldOut, tokenizer),
    vocabularySize: preparation.vocabulary.length,
    heldOut: unseen,
    lengths: running ? [] : survey.lengths(),
    tokens,
    notes: [
      ...notes,
      ...(wanted.representation === 'tokens'
        ? tokenizerNotes(preparation, tokenizer, running ? 'text' : 'texts')
        : [`${count(preparation.vocabulary.length, 'word')} of the training texts.`]),
      `${share(unseen.unknown, unseen.tokens)} of the tokens held out are unknown.`,
      ...(running && options.blocks ? [blocksNote(tokens, options.blocks)] : []),
    ],
  }
}

const blocksNote = (tokens: number, { length, stride }: { length: number; stride: number }): string =>
  `${count(tokens, 'token')}: about ${count(Math.max(0, Math.floor((tokens - length - 1) / stride) + 1), 'block')} of ${figure(length)}.`

class Counts {
  tokens = 0
  readonly heldOut = { tokens: 0, unknown: 0 }
  readonly #lengths = new Map<number, number>()

  add(ids: Int32Array, split: Split): void {
    this.tokens += ids.length
    if (split === 'train') return
    this.heldOut.tokens += ids.length
    for (const id of ids) if (id === special.unknown) this.heldOut.unknown += 1
  }

  length(length: number): void {
    this.#lengths.set(length, (this.#lengths.get(length) ?? 0) + 1)
  }

  lengths(): [number, number][] {
    return [...this.#lengths].sort((a, b) => a[0] - b[0])
  }
}

/** Some of both sides; those held out show what is unknown. */
function examplesOf(
  train: readonly Sample[],
  heldOut: readonly Sample[],
  tokenizer: Omit<TextTokenizer, 'decode'>,
): Survey['examples'] {
  const some = [...train.slice(0, shownTexts / 2), ...heldOut.slice(0, shownTexts / 2)]
  const shown = (id: number): string => tokenizer.tokens[id] ?? ''
  return some.map(({ text, label, split }) => {
    const ids: number[] = []
    const texts: string[] = []
    const { before, after } = tokenizer
    for (const piece of pieces(text)) {
      ids.push(...tokenizer.encode(piece))
      texts.push(...tokenizer.shown(piece))
    }
    const all = [...before, ...ids, ...after]
    const said = [...before.map(shown), ...texts, ...after.map(shown)]
    return {
      split,
      label,
      tokens: all
        .slice(0, shownTokens)
        .map((id, at) => ({ id, text: said[at] ?? '', unknown: id === special.unknown })),
      length: all.length,
    }
  })
}

/** A bag has no order and no ids of its own; its words are shown in theirs. */
function bagTokenizer({ vocabulary }: TextPreparation): Omit<TextTokenizer, 'decode'> {
  const inner = Vocabulary.of(vocabulary)
  return {
    tokens: inner.tokens,
    before: [],
    after: [],
    encode: (text) => inner.encode(words(text)),
    shown: words,
  }
}

// ---------------------------------------------------------------- kept between surveys

interface Seen {
  key: string
  looked: Looked
  words: ReadonlyMap<string, number> | null
  /** The largest vocabulary trained so far: smaller ones are its beginning. */
  trained: { size: number; minimumFrequency: number; result: Trained } | null
}

let last: Seen | null = null

/** The texts of the path, read again when the source or what of it is read has changed. */
async function lookedAt(path: string, options: ImportOptions, pace: Pace): Promise<Seen> {
  const { kind, columns, split, validationShare } = options
  const state = await sourceState(path, pace)
  const key = JSON.stringify([path, state, kind, columns, split, validationShare])
  if (state && last?.key === key) return last
  const looked = await (kind === 'running-text' ? lookAtRunning : lookAtClasses)(path, options, pace)
  const seen = { key, looked, words: null, trained: null }
  last = seen
  return seen
}

async function lookAtClasses(path: string, options: ImportOptions, pace: Pace): Promise<Looked> {
  const { texts, rows, classNames, whole } = await scanTexts(path, options, new Fingerprint(), pace, most)
  checkClasses(classNames.length, rows.length)
  const order = await orderRows(rows, options, pace)
  const of = (split: Split, indices: readonly number[]): Sample[] =>
    indices.map((index) => ({
      text: texts.get(index),
      label: classNames[rows[index]!.classIndex]!,
      split,
    }))
  return {
    train: of('train', order.train),
    heldOut: [...of('validation', order.validation), ...of('test', order.test)],
    whole,
    notes: whole ? [] : [`From the first ${count(texts.length, 'text')}; the import reads all.`],
  }
}

async function lookAtRunning(path: string, { validationShare }: ImportOptions, pace: Pace): Promise<Looked> {
  const files = await findTexts(path)
  if (!files) refuse('no-text', `${path} holds no text.`, 'Choose a .txt file, or a folder of them.')
  const read = await readRunning(files, validationShare, new Fingerprint(), pace, most.bytes)
  const of = (wanted: 'train' | 'validation'): Sample[] =>
    read.parts
      .filter(({ split }) => split === wanted)
      .flatMap((part) => part.pieces.map((text) => ({ text, label: null, split: wanted })))
  return {
    train: of('train'),
    heldOut: of('validation'),
    whole: read.whole,
    notes: [
      ...read.reasons,
      ...(read.whole ? [] : [`From the first ${count(read.characters, 'character')}; the import reads all.`]),
    ],
  }
}

function trainerFor(seen: Seen): Trainer {
  return async (texts, options: TextOptions, pace) => {
    const { minimumFrequency } = options
    const size = bpeSize(options)
    const { trained } = seen
    if (!trained || trained.minimumFrequency !== minimumFrequency || trained.size < size) {
      seen.words ??= await wordCounts(texts, pace)
      const result = await trainMerges(seen.words, { size, minimumFrequency }, pace)
      seen.trained = { size, minimumFrequency, result }
      return result
    }
    return beginningOf(trained.result, size)
  }
}

/** What training to a smaller size would have ended with. */
function beginningOf({ merges, tokens }: Trained, size: number): Trained {
  if (tokens.length <= size) return { merges, tokens }
  const lastOne = merges.findIndex(({ id }) => id === size - 1)
  return { merges: merges.slice(0, lastOne + 1), tokens: tokens.slice(0, size) }
}
