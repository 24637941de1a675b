/** Running text for language models: tokens in blocks, each predicting the token after. */
import { basename, extname } from 'node:path'
import { plainOptions } from '../../common/data/options.ts'
import type { ImportOptions, TokenizerName } from '../../common/data/options.ts'
import type { Reading } from '../../common/data/guess.ts'
import { Fingerprint } from '../digest.ts'
import { look } from '../files.ts'
import type { Pace } from '../pace.ts'
import { Problems } from '../problems.ts'
import { encodingOf } from '../records/index.ts'
import { count, figure, refuse } from '../refuse.ts'
import type { Row } from '../split.ts'
import { tokenizerNotes } from '../text/encoders.ts'
import { IdStore } from '../text/idStore.ts'
import { givenFile, prepareTexts } from '../text/prepare.ts'
import { findTexts, readRunning, trainingPieces } from '../text/running.ts'
import type { Part } from '../text/running.ts'
import { share } from '../text/share.ts'
import { tokenizerOf } from '../text/tokenizers.ts'
import { special } from '../text/tokens.ts'
import type { Fitted } from '../single/preparation.ts'
import type { Encoded, Encoder, Scan, Source } from './source.ts'

const proposedBlock = 64

async function inspect(path: string): Promise<Reading | null> {
  const files = await findTexts(path)
  if (!files) return null
  let bytes = 0
  for (const file of files) {
    await encodingOf(file)
    bytes += (await look(file)).size
  }
  if (bytes === 0) return null
  return {
    path,
    task: 'next-token',
    columns: [],
    headerRow: false,
    options: {
      ...plainOptions,
      kind: 'running-text',
      name: basename(path, extname(path)).slice(0, 120) || 'Text',
      validationShare: 0.1,
      text: {
        representation: 'tokens',
        tokenizer: 'character',
        tokenizerFile: null,
        vocabularySize: 1000,
        minimumFrequency: 1,
        maximumLength: 256,
      },
      blocks: { length: proposedBlock, stride: proposedBlock },
    },
    reasons: [
      `${files.length === 1 ? 'One text' : count(files.length, 'text')} of ${figure(Math.ceil(bytes / 1000))} kB without labels: for a language model, which learns what comes next.`,
      `Cut into blocks of ${proposedBlock} characters; at every position the next one is predicted.`,
      'The end of each text is held out for validation.',
    ],
    classes: [],
    sampleCount: Math.floor(bytes / proposedBlock),
    givenSplit: false,
  }
}

async function scan(path: string, options: ImportOptions, pace: Pace, fitted: Fitted | null): Promise<Scan> {
  const { text: wanted, blocks, validationShare } = options
  if (!wanted || !blocks)
    refuse('options', 'Nothing was chosen about the text.', 'Choose a tokenizer and a block length.')
  const files = await findTexts(path)
  if (!files) refuse('no-text', `${path} holds no text.`, 'Choose a .txt file, or a folder of them.')
  const { tokenizer, vocabularySize, minimumFrequency } = wanted
  const { length, stride } = blocks
  const fingerprint = new Fingerprint()
    .add('running-text')
    .add(JSON.stringify([tokenizer, vocabularySize, minimumFrequency, length, stride, validationShare]))
  if (!fitted && tokenizer === 'file') fingerprint.add(JSON.stringify(await givenFile(wanted)))
  const { parts, reasons } = await readRunning(files, validationShare, fingerprint, pace)
  const preparation = fitted?.preparation.text ?? (await prepareTexts(trainingPieces(parts), wanted, pace))
  const using = tokenizerOf(preparation)

  const encoded: { part: Part; ids: IdStore }[] = []
  let tokens = 0
  let unknown = 0
  for (const part of parts) {
    const store = new IdStore()
    for (const piece of part.pieces) {
      const ids = using.encode(piece)
      for (const id of ids) if (id === special.unknown) unknown += 1
      tokens += ids.length
      store.add(ids)
      pace.report(tokens, 0, 'Encoding text')
      await pace.rest()
    }
    encoded.push({ part, ids: store })
    part.pieces = []
  }

  const rows: Row[] = []
  const places: { of: number; begin: number }[] = []
  for (const [of, { part, ids }] of encoded.entries())
    for (let begin = 0; begin + length < ids.length; begin += stride) {
      rows.push({ classIndex: 0, position: 0, split: part.split })
      places.push({ of, begin })
      await pace.rest()
    }
  for (const [index, row] of rows.entries()) {
    row.position = index / rows.length // in the order of the text
    await pace.rest()
  }
  for (const side of ['train', 'validation'] as const)
    if (fitted ? rows.length === 0 : !rows.some(({ split }) => split === side))
      refuse(
        'text-too-short',
        `${fitted ? basename(path) : `The ${side === 'train' ? 'training' : 'validation'} part of ${basename(path)}`} has no block of ${length} ${unit(tokenizer)}s and one more.`,
        'Choose a shorter block, or a longer text.',
      )

  function* encode(wantedRows: readonly number[]): Generator<Encoded> {
    let before = { of: -1, end: 0 }
    for (const row of wantedRows) {
      const { of, begin } = places[row]!
      const { part, ids } = encoded[of]!
      const end = begin + length + 1
      const overlap = before.of === of ? Math.max(0, before.end - begin) : 0
      const fresh = ids.slice(begin + overlap, end)
      before = { of, end }
      yield {
        row,
        input: new Uint8Array(fresh.buffer),
        overlap,
        item: `${basename(part.file)} at ${figure(begin)}`,
        problem: null,
      }
    }
  }
  const encoder: Encoder = {
    sampleShape: [length],
    storedDtype: 'int32',
    bytes: 4 * rows.length * Math.min(length + 1, stride),

    async *encode(wantedRows) {
      yield* encode(wantedRows)
    },
    note: 'Cutting blocks',
    sizes: new Map(),
    vocabulary: preparation.vocabulary,
    tokenizer: preparation.tokenizer,
    notes: () => [
      ...reasons,
      `${count(tokens, unit(tokenizer))} in blocks of ${length} that begin ${stride} apart.`,
      ...tokenizerNotes(preparation, { before: [], after: [], tokens: using.tokens }, 'text'),
      `${share(unknown, tokens)} of the tokens are unknown.`,
    ],
  }
  return {
    task: 'next-token',
    classNames: [],
    rows,
    fingerprint: fingerprint.hex(),
    problems: new Problems(),
    encoder: () => Promise.resolve(encoder),
  }
}

/** What one token is called. */
const unit = (tokenizer: TokenizerName): string =>
  tokenizer === 'bpe' || tokenizer === 'file' ? 'token' : tokenizer

export const runningText: Source = { inspect, scan }
