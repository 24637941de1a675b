import { basename } from 'node:path'
import { firstBytes } from '../files.ts'
import { refuse } from '../refuse.ts'

/** What undecodable bytes turn into; a text that holds one was probably not UTF-8. */
export const replacement = '\ufffd'

/** @throws UserError `data/encoding` for UTF-16 and binary files, told by their beginning. */
export async function checkEncoding(path: string): Promise<void> {
  const start = await firstBytes(path, 4096)
  const [first, second] = start
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff))
    refuse(
      'encoding',
      `${basename(path)} is UTF-16, expected UTF-8.`,
      'Save it as UTF-8 in the program it came from.',
    )
  const zero = start.indexOf(0)
  if (zero >= 0)
    refuse(
      'encoding',
      `${basename(path)} is not a text: it has a zero byte at ${zero}.`,
      'Choose a UTF-8 text file.',
    )
}
