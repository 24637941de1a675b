/** What every format of records offers, and the limits they share. */

/** A longer row is no row: a quotation mark was left open, or a file of another kind has this name. */
export const mostRowBytes = 4 << 20
/** More columns than this are no table. */
export const mostColumns = 10_000

/** Why a row cannot be used when its bytes are no text. */
export const notUtf8 = 'not UTF-8'

export interface RecordRow {
  /** 1-based row of the file, the header and empty rows counted: what a spreadsheet or an editor shows. */
  number: number
  /** As many as there are columns, unless `problem` is set; null where a value is missing altogether. */
  cells: (string | null)[]
  /** Why the row must be set aside; null when it can be used. */
  problem: string | null
}

export interface Records {
  /** `arrays`: of NumPy, in npy/table.ts; the others are formats of text and files of this folder. */
  format: 'delimited' | 'json-lines' | 'parquet' | 'arrays'
  /** Names, all different. Without a header: `column 1`, `column 2`, ... */
  columns: string[]
  header: boolean
  /** Of delimited text. */
  delimiter: string | null
  /** Rows of the whole source without the header, whatever the limits; a projection unless `exact`. */
  approximateRows: number
  exact: boolean
  /** Sentences about what was found out. */
  reasons: string[]
  /** The first usable rows, at most `sampleRows`, to guess from. */
  sample: (string | null)[][]
  /** Reads from the beginning. Leaving early closes the file. */
  rows(): AsyncGenerator<RecordRow>
}

export interface RecordsOptions {
  /** Whether the first row names the columns; null to find out. */
  header?: boolean | null
  /** So many bytes are read of a text, at most; a row cut there is left out. */
  bytes?: number
  /** So many rows are read, at most. */
  rows?: number
  /** Parquet reads these columns only; the cells of the others are null. Null for all. */
  only?: readonly string[] | null
}

export type Limits = Required<RecordsOptions>

/** Rows looked at before the columns are named. */
export const sampleRows = 1000

/** Empty names get their number, repeated ones a number behind. */
export function distinctNames(names: readonly string[]): string[] {
  const taken = new Set<string>()
  return names.map((name, index) => {
    const wanted = name.trim() === '' ? `column ${index + 1}` : name.trim()
    let given = wanted
    for (let times = 2; taken.has(given); times += 1) given = `${wanted} (${times})`
    taken.add(given)
    return given
  })
}

export const numberedNames = (width: number): string[] =>
  Array.from({ length: width }, (_, index) => `column ${index + 1}`)

/** The most frequent of some numbers; 0 of none. */
export function mode(values: readonly number[]): number {
  const times = new Map<number, number>()
  for (const value of values) times.set(value, (times.get(value) ?? 0) + 1)
  return [...times].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 0
}
