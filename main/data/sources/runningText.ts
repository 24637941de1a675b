/** Running text for language models: tokens in blocks, each predicting the token after. */
import { readFile } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import { plainOptions } from '../../common/schemas.ts'
import type { ImportOptions, Reading, Split } from '../../common/schemas.ts'
import { digest, Fingerprint } from '../digest.ts'
import { extension, listFolder, look, naturalOrder } from '../files.ts'
import type { Pace } from '../pace.ts'
import { Problems } from '../problems.ts'
import { count, figure, refuse, refuseFileError } from '../refuse.ts'
import type { Row } from '../split.ts'
import { checkEncoding, replacement } from '../text/encoding.ts'
import { pieces } from '../text/pieces.ts'
import { share } from '../text/share.ts'
import { byteTokens, special, TokenCounter, tokensOf, Vocabulary } from '../text/tokens.ts'
import type { Encoded, Encoder, Scan, Source } from './source.ts'

/** A text is held whole; a library has no place here. */
const mostBytes = 256 << 20
const proposedBlock = 64

/** The file, or those directly in a folder; null where there is none. */
async function findTexts(path: string): Promise<string[] | null> {
  if (!(await look(path)).isDirectory())
    return ['.txt', '.md', '.text'].includes(extension(path)) ? [path] : null
  const entries = await listFolder(path)
  const texts = entries.filter(
    (entry) =>
      !entry.folder && extension(entry.name) === '.txt' && !/^(readme|licen[cs]e)\b/i.test(entry.name),
  )
  return texts.length > 0 ? texts.map((entry) => entry.path).sort(naturalOrder) : null
}

async function inspect(path: string): Promise<Reading | null> {
  const files = await findTexts(path)
  if (!files) return null
  let bytes = 0
  for (const file of files) {
    await checkEncoding(file)
    bytes += (await look(file)).size
  }
  if (bytes === 0) return null
  return {
    path,
    task: 'next-token',
    columns: [],
    options: {
      ...plainOptions,
      kind: 'running-text',
      name: basename(path, extname(path)).slice(0, 120) || 'Text',
      validationShare: 0.1,
      text: {
        representation: 'tokens',
        tokenizer: 'character',
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

interface Part {
  file: string
  split: Split
  text: string
}

/** The texts of each side: the beginning of every file trains, its end validates. */
async function readParts(files: readonly string[], share: number, fingerprint: Fingerprint): Promise<Part[]> {
  const parts: Part[] = []
  for (const file of files) {
    await checkEncoding(file)
    if ((await look(file)).size > mostBytes)
      refuse(
        'text-too-large',
        `${basename(file)} is longer than ${mostBytes >> 20} MB.`,
        'Choose a part of it.',
      )
    const bytes = await readFile(file).catch((error: unknown) => refuseFileError(error, file))
    fingerprint.add(await digest(bytes))
    const text = bytes.toString('utf8').replace(/^\ufeff/, '')
    const bad = text.indexOf(replacement)
    if (bad >= 0)
      refuse(
        'encoding',
        `${basename(file)} is not UTF-8 at character ${figure(bad)}.`,
        'Save it as UTF-8 in the program it came from.',
      )
    const around = Math.floor(text.length * (1 - share))
    // At the end of a line, where one is near.
    const line = text.lastIndexOf('\n', around) + 1
    const cut = around - line < Math.min(1000, text.length / 20) ? line : around
    parts.push(
      { file, split: 'train', text: text.slice(0, cut) },
      { file, split: 'validation', text: text.slice(cut) },
    )
  }
  return parts.sort((a, b) => Number(a.split === 'validation') - Number(b.split === 'validation'))
}

async function scan(path: string, options: ImportOptions, pace: Pace): Promise<Scan> {
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
  const parts = await readParts(files, validationShare, fingerprint)

  const counter = new TokenCounter()
  if (tokenizer !== 'byte')
    for (const part of parts.filter(({ split }) => split === 'train'))
      for (const piece of pieces(part.text)) {
        counter.add(tokensOf(piece, tokenizer))
        await pace.rest()
      }
  const kept =
    tokenizer === 'byte' ? byteTokens : await counter.mostFrequent(vocabularySize, pace, minimumFrequency)
  const vocabulary = new Vocabulary(kept)

  const encoded: { part: Part; ids: Int32Array }[] = []
  let tokens = 0
  let unknown = 0
  for (const part of parts) {
    const some: Int32Array[] = []
    for (const piece of pieces(part.text)) {
      const ids = vocabulary.encode(tokensOf(piece, tokenizer))
      for (const id of ids) if (id === special.unknown) unknown += 1
      tokens += ids.length
      some.push(ids)
      pace.report(tokens, 0, 'Encoding text')
      await pace.rest()
    }
    encoded.push({ part, ids: joined(some) })
  }

  const rows: Row[] = []
  const places: { of: number; begin: number }[] = []
  for (const [of, { part, ids }] of encoded.entries())
    for (let begin = 0; begin + length < ids.length; begin += stride) {
      rows.push({ classIndex: 0, position: 0, split: part.split })
      places.push({ of, begin })
    }
  // In the order of the text.
  rows.forEach((row, index) => (row.position = index / rows.length))
  for (const side of ['train', 'validation'] as const)
    if (!rows.some(({ split }) => split === side))
      refuse(
        'text-too-short',
        `The ${side === 'train' ? 'training' : 'validation'} part of ${basename(path)} has no block of ${length} ${tokenizer}s and one more.`,
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
    vocabulary: vocabulary.tokens,
    notes: () => [
      `${count(tokens, tokenizer)} in blocks of ${length} that begin ${stride} apart.`,
      `${count(vocabulary.size, 'token id')}: ${count(vocabulary.size - 2, tokenizer)} of the training text, 0 for padding, 1 for unknown.`,
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

function joined(some: readonly Int32Array[]): Int32Array {
  const all = new Int32Array(some.reduce((sum, ids) => sum + ids.length, 0))
  let at = 0
  for (const ids of some) {
    all.set(ids, at)
    at += ids.length
  }
  return all
}

export const runningText: Source = { inspect, scan }
