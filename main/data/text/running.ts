/** Running text in pieces: the beginning of every file trains, its end validates. */
import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import type { Split } from '../../common/data/dataset.ts'
import type { Fingerprint } from '../digest.ts'
import { extension, listFolder, look, naturalOrder } from '../files.ts'
import type { Pace } from '../pace.ts'
import { encodingOf, utf8Of } from '../records/index.ts'
import { figure, refuse } from '../refuse.ts'
import { pieces } from './pieces.ts'

/** Its tokens are held in memory until they are stored. */
const mostBytes = 256 << 20

/** The file, or those directly in a folder; null where there is none. */
export async function findTexts(path: string): Promise<string[] | null> {
  if (!(await look(path)).isDirectory())
    return ['.txt', '.md', '.text'].includes(extension(path)) ? [path] : null
  const entries = await listFolder(path)
  const texts = entries.filter(
    (entry) =>
      !entry.folder && extension(entry.name) === '.txt' && !/^(readme|licen[cs]e)\b/i.test(entry.name),
  )
  return texts.length > 0 ? texts.map((entry) => entry.path).sort(naturalOrder) : null
}

export interface Part {
  file: string
  split: Split
  /** Short enough that none holds the thread; one after another they are the text. */
  pieces: string[]
}

export interface Running {
  /** Training parts first. */
  parts: Part[]
  /** Sentences about encodings. */
  reasons: string[]
  characters: number
  /** False where only the beginning was read. */
  whole: boolean
}

/**
 * @param share of every text that validates
 * @param most characters to read of all files together
 * @throws UserError `data/encoding`, `data/text-too-large`, `data/gzip`
 */
export async function readRunning(
  files: readonly string[],
  share: number,
  fingerprint: Fingerprint,
  pace: Pace,
  most = Infinity,
): Promise<Running> {
  const parts: Part[] = []
  const reasons: string[] = []
  let characters = 0
  let whole = true
  for (const file of files) {
    const encoding = await encodingOf(file)
    if (encoding.reason) reasons.push(encoding.reason)
    if (most === Infinity && (await look(file)).size > mostBytes)
      refuse(
        'text-too-large',
        `${basename(file)} is longer than ${mostBytes >> 20} MB.`,
        'Choose a part of it.',
      )
    const read: string[] = []
    // All files have their share of what is read.
    const room = Math.ceil(most / files.length)
    let length = 0
    for await (const piece of piecesOf(file, encoding, fingerprint)) {
      await pace.rest()
      if (length > room) {
        whole = false
        break
      }
      read.push(piece)
      length += piece.length
      characters += piece.length
      pace.report(characters, 0, 'Reading text')
    }
    const [begin, end] = divided(read, length, share)
    parts.push({ file, split: 'train', pieces: begin }, { file, split: 'validation', pieces: end })
  }
  parts.sort((a, b) => Number(a.split === 'validation') - Number(b.split === 'validation'))
  return { parts, reasons, characters, whole }
}

/** @throws UserError `data/encoding` where the text is not UTF-8, with the place */
async function* piecesOf(
  file: string,
  encoding: Awaited<ReturnType<typeof encodingOf>>,
  fingerprint: Fingerprint,
): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const hash = createHash('sha256')
  let held = ''
  let characters = 0
  const decode = (part: Buffer | null): string => {
    try {
      return part ? decoder.decode(part, { stream: true }) : decoder.decode()
    } catch (error) {
      return refuse(
        'encoding',
        `${basename(file)} is not UTF-8, at or soon after character ${figure(characters)}.`,
        'Save it as UTF-8 in the program it came from.',
        error,
      )
    }
  }
  for await (const part of utf8Of(file, encoding)) {
    hash.update(part)
    held += decode(part)
    const some = [...pieces(held)]
    // The last may go on.
    held = some.pop() ?? ''
    for (const piece of some) {
      characters += piece.length
      yield piece
    }
  }
  held += decode(null)
  if (held !== '') yield held
  fingerprint.add(hash.digest())
}

/** The pieces before and after the place where validation begins: at the end of a line, where one is near. */
function divided(read: readonly string[], length: number, share: number): [string[], string[]] {
  const around = Math.floor(length * (1 - share))
  let before = 0
  let at = 0
  while (at < read.length && before + read[at]!.length <= around) before += read[at++]!.length
  const piece = read[at]
  if (piece === undefined) return [[...read], []]
  let cut = around - before
  const line = piece.lastIndexOf('\n', cut - 1) + 1
  if (cut > 0 && cut - line < Math.min(1000, length / 20)) cut = line
  const code = piece.charCodeAt(cut - 1)
  if (code >= 0xd800 && code < 0xdc00) cut -= 1
  const filled = (texts: string[]): string[] => texts.filter((text) => text !== '')
  return [
    filled([...read.slice(0, at), piece.slice(0, cut)]),
    filled([piece.slice(cut), ...read.slice(at + 1)]),
  ]
}

export function* trainingPieces(parts: readonly Part[]): Generator<string> {
  for (const part of parts) if (part.split === 'train') yield* part.pieces
}
