/** Records of a TSV or CSV file, as cells. */
import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import { parse } from 'csv-parse'
import { extension, firstBytes } from '../files.ts'
import { fileErrorCode, refuse, refuseFileError } from '../refuse.ts'
import { checkEncoding } from '../text/encoding.ts'

export interface Records {
  /** Whether quotation marks are ordinary signs, as in a TSV. */
  literal: boolean
  delimiter: string
  records: AsyncGenerator<string[]>
}

/**
 * @param most bytes to read; Infinity for all
 * @throws UserError `data/encoding` at once; `data/table-quote`, `data/table-damaged` while reading
 */
export async function readRecords(path: string, most = Infinity): Promise<Records> {
  await checkEncoding(path)
  const delimiter = await delimiterOf(path)
  const literal = delimiter === '\t'
  return { literal, delimiter, records: recordsOf(path, delimiter, literal, most) }
}

async function* recordsOf(
  path: string,
  delimiter: string,
  literal: boolean,
  most: number,
): AsyncGenerator<string[]> {
  const input = createReadStream(path, { end: most === Infinity ? undefined : most - 1 })
  const parser = input.pipe(
    parse({
      delimiter,
      bom: true,
      quote: literal ? null : '"',
      relax_quotes: true,
      relax_column_count: true,
      skip_empty_lines: true,
    }),
  )
  input.on('error', (error) => parser.destroy(error))
  try {
    for await (const record of parser as AsyncIterable<string[]>) yield literal ? record.map(unquote) : record
  } catch (error) {
    // A part of a file may end inside a quoted cell; that is no fault of the file.
    if (most === Infinity || fileErrorCode(error) !== 'CSV_QUOTE_NOT_CLOSED') refuseParse(error, path)
  } finally {
    input.destroy()
    parser.destroy()
  }
}

/** A tab, unless a .csv has more commas (or semicolons) in its first line. */
async function delimiterOf(path: string): Promise<string> {
  if (extension(path) !== '.csv') return '\t'
  const [line = ''] = (await firstBytes(path, 4096)).toString('utf8').split('\n')
  const count = (sign: string): number => line.split(sign).length - 1
  return [',', ';', '\t'].reduce((best, sign) => (count(sign) > count(best) ? sign : best))
}

/**
 * In a TSV a quotation mark is an ordinary sign (message 5 of many a data set begins with one and never
 * closes it); a cell that is quoted as a whole is unquoted. In a CSV, quotes are syntax.
 */
function unquote(cell: string): string {
  return /^"(?:[^"]|"")*"$/.test(cell) ? cell.slice(1, -1).replaceAll('""', '"') : cell
}

function refuseParse(error: unknown, path: string): never {
  const code = fileErrorCode(error)
  if (code === 'CSV_QUOTE_NOT_CLOSED')
    refuse(
      'table-quote',
      `${basename(path)} opens a quoted cell that is never closed.`,
      'Close the quotation mark, or save the file as .tsv, where quotes are ordinary signs.',
      error,
    )
  if (code?.startsWith('CSV_'))
    refuse(
      'table-damaged',
      `${basename(path)} cannot be read as a table: ${(error as Error).message}.`,
      'Mend that row.',
      error,
    )
  refuseFileError(error, path)
}
