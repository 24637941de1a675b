/**
 * A `tokenizer.json` (of Hugging Face's tokenizers), given or trained here, as ids of ours: 0 is its padding token, 1
 * its unknown token, the others follow in the order of their ids in the file. Where it has no such token, 0 or 1 is a
 * token that never occurs. A text is encoded by @huggingface/tokenizers.
 */
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { Tokenizer } from '@huggingface/tokenizers'
import { z } from 'zod'
import { look } from '../files.ts'
import { figure, refuse, refuseFileError } from '../refuse.ts'
import { shownBytes } from './bpe/bytes.ts'
import { special, specialNames } from './tokens.ts'
import type { TextTokenizer } from './tokenizers.ts'

const mostFileBytes = 64 << 20
const mostTokens = 300_000
const largestId = 1 << 22

/** What of the file is looked at here; the rest is the package's. */
export const tokenizerFileSchema = z.looseObject({
  padding: z.looseObject({ pad_id: z.number().int().optional(), pad_token: z.string().optional() }).nullish(),
  added_tokens: z
    .array(
      z.looseObject({
        id: z.number().int().min(0).max(largestId),
        content: z.string(),
        special: z.boolean().optional(),
      }),
    )
    .nullish(),
  pre_tokenizer: z.unknown().default(null),
  decoder: z.unknown().default(null),
  model: z.looseObject({
    type: z.string().nullish(),
    unk_token: z.string().nullish(),
    unk_id: z.number().int().nullish(),
    vocab: z.union([
      z.record(z.string(), z.number().int().min(0).max(largestId)),
      z.array(z.tuple([z.string(), z.number()]).rest(z.unknown())),
    ]),
  }),
})
export type TokenizerFile = z.infer<typeof tokenizerFileSchema>

/** @throws UserError `data/tokenizer-file`, `data/missing`, `data/unreadable` */
export async function readTokenizerFile(path: string): Promise<TokenizerFile> {
  const name = basename(path)
  const { size } = await look(path)
  if (size > mostFileBytes)
    refuse(
      'tokenizer-file',
      `${name} has ${figure(size >> 20)} MB.`,
      `A tokenizer.json has at most ${mostFileBytes >> 20} MB.`,
    )
  const text = await readFile(path, 'utf8').catch((error: unknown) => refuseFileError(error, path))
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    refuseTokenizer(name, 'it is not JSON', error)
  }
  const parsed = tokenizerFileSchema.safeParse(json)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    refuseTokenizer(name, `${issue?.path.join('.') || 'it'}: ${issue?.message ?? 'not understood'}`)
  }
  try {
    const { tokens, encode } = new FileTokenizer(parsed.data, true)
    if (tokens.length > mostTokens)
      refuseTokenizer(
        name,
        `it has ${figure(tokens.length)} tokens, at most ${figure(mostTokens)} are possible`,
      )
    encode('A text, to see whether it works: é 漢 42.')
  } catch (error) {
    refuseTokenizer(name, error instanceof Error ? error.message : String(error), error)
  }
  return parsed.data
}

function refuseTokenizer(name: string, reason: string, cause?: unknown): never {
  refuse(
    'tokenizer-file',
    `${name} is no tokenizer that can be used: ${reason.slice(0, 300)}.`,
    'Choose the tokenizer.json of a model with a BPE, WordPiece or Unigram tokenizer.',
    cause,
  )
}

export class FileTokenizer implements TextTokenizer {
  readonly tokens: readonly string[]
  readonly before: readonly number[]
  readonly after: readonly number[]
  readonly #tokenizer: Tokenizer
  /** Our id by the file's. */
  readonly ids: Int32Array
  /** The file's id by ours; made when the first text is decoded. */
  #theirs: Map<number, number> | null = null

  /** @param specials whether the tokens that the file puts around a text are wanted */
  constructor(file: TokenizerFile, specials: boolean) {
    const whole = { normalizer: null, post_processor: null, ...file }
    this.#tokenizer = new Tokenizer({ ...whole, added_tokens: file.added_tokens ?? [] }, {})
    const { ids, tokens } = arranged(file)
    this.ids = ids
    this.tokens = tokens
    const [before, after] = specials ? this.#around() : [[], []]
    this.before = before
    this.after = after
  }

  readonly encode = (text: string): Int32Array =>
    Int32Array.from(this.#tokenizer.encode(text, { add_special_tokens: false }).ids, (id) => this.#ours(id))

  readonly shown = (text: string): string[] => [...this.encode(text)].map((id) => this.tokens[id]!)

  readonly decode = (ids: readonly number[]): string => {
    this.#theirs ??= new Map(Array.from(this.ids, (id, file) => [id, file]).reverse() as [number, number][])
    const theirs = this.#theirs
    const known = ids.flatMap((id) => (id === special.padding ? [] : (theirs.get(id) ?? [])))
    return known.length === 0 ? '' : this.#tokenizer.decode(known, { skip_special_tokens: true })
  }

  /** Ids that no token of the vocabulary has come out as undefined. */
  #ours(id: number | undefined): number {
    return (id === undefined ? undefined : this.ids[id]) ?? special.unknown
  }

  /** What the file puts before and after a text. */
  #around(): [number[], number[]] {
    const plain = this.#tokenizer.encode('a', { add_special_tokens: false }).ids
    const all = this.#tokenizer.encode('a').ids
    for (let begin = 0; begin + plain.length <= all.length; begin += 1)
      if (plain.every((id, at) => all[begin + at] === id))
        return [all.slice(0, begin), all.slice(begin + plain.length)].map((some) =>
          some.map((id) => this.#ours(id)),
        ) as [number[], number[]]
    return [[], []]
  }
}

const padNames = ['<pad>', '[PAD]', '<|pad|>', '<|padding|>', '<PAD>']
const unknownNames = ['<unk>', '[UNK]', '<|unk|>', '<UNK>']

/** The file's tokens in our order, and our ids by the file's. */
function arranged(file: TokenizerFile): { ids: Int32Array; tokens: string[] } {
  const { model, padding } = file
  const byId = new Map<number, string>()
  const entries = Array.isArray(model.vocab)
    ? model.vocab.map(([token], id) => [token, id] as const)
    : Object.entries(model.vocab)
  for (const [token, id] of entries) byId.set(id, token)
  for (const { id, content } of file.added_tokens ?? []) byId.set(id, content)
  const idOf = new Map([...byId].map(([id, token]) => [token, id]))
  const named = (names: readonly (string | null | undefined)[]): number | null => {
    for (const name of names) if (name != null && idOf.has(name)) return idOf.get(name)!
    return null
  }
  const unknown = model.unk_id ?? named([model.unk_token, ...unknownNames])
  const pad = named([padding?.pad_token, ...padNames]) ?? null
  const padId = pad === unknown ? null : pad
  const order = [...byId.keys()].filter((id) => id !== padId && id !== unknown).sort((a, b) => a - b)
  const largest = Math.max(order.at(-1) ?? 0, padId ?? 0, unknown ?? 0)
  const ids = new Int32Array(largest + 1).fill(special.unknown)
  const show = shownAs(file)
  const shown = (id: number): string => show(byId.get(id)!)
  const tokens = [
    padId === null ? specialNames[special.padding]! : shown(padId),
    unknown === null ? specialNames[special.unknown]! : shown(unknown),
  ]
  if (padId !== null) ids[padId] = special.padding
  if (unknown !== null) ids[unknown] = special.unknown
  for (const id of order) {
    ids[id] = tokens.length
    tokens.push(shown(id))
  }
  return { ids, tokens }
}

/** How a token of the file is shown: bytes as the text they are, a metaspace as a space. */
function shownAs(file: TokenizerFile): (token: string) => string {
  const kinds = JSON.stringify([file.decoder, file.pre_tokenizer]) ?? ''
  const plain = new Set((file.added_tokens ?? []).map(({ content }) => content))
  if (kinds.includes('"ByteLevel"'))
    return (token) => (plain.has(token) ? token : (shownBytes(token) ?? token))
  if (kinds.includes('"Metaspace"') || kinds.includes('▁'))
    return (token) => (plain.has(token) ? token : token.replaceAll('▁', ' '))
  return (token) => token
}
