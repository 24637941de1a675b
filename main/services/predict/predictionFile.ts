/** Predictions as lines of a file: CSV with a column for each class, or JSON lines. Whole, or not there at all. */
import { existsSync } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { UserError } from '../../common/errors.ts'
import type { PredictFiles } from '../../common/predict/files.ts'

export interface PredictionLine {
  item: string
  /** Null where it could not be predicted. */
  answer: {
    prediction: string | number[]
    probability: number | null
    outputs: Record<string, number>
  } | null
  problem: string | null
}

/** Classes that have a column of their own. */
const mostColumns = 200

export class PredictionFile {
  readonly #out: string
  readonly #unfinished: string
  readonly #names: readonly string[]
  readonly #format: PredictFiles['format']
  readonly #regress: boolean
  readonly #replace: boolean
  #file: Awaited<ReturnType<typeof open>> | null = null
  #held: string[] = []

  /** @param names of classes, or of the numbers that are predicted */
  constructor(
    { out, format, replace }: Pick<PredictFiles, 'out' | 'format' | 'replace'>,
    names: readonly string[],
    regress: boolean,
  ) {
    this.#out = out
    this.#replace = replace
    this.#unfinished = `${out}.unfinished`
    this.#names = names.slice(0, mostColumns)
    this.#format = format
    this.#regress = regress
  }

  /** @throws UserError `predict/exists`, `predict/not-written` */
  async begin(): Promise<void> {
    if (!this.#replace && existsSync(this.#out))
      throw new UserError({
        code: 'predict/exists',
        what: `${this.#out} is there already.`,
        mend: 'Choose another name, or say that it may be replaced.',
      })
    this.#file = await open(this.#unfinished, 'w').catch((error: unknown) => this.#refuse(error))
    if (this.#format === 'csv') this.#held.push(csvLine(this.#head()))
  }

  add(line: PredictionLine): void {
    this.#held.push(this.#format === 'csv' ? csvLine(this.#cells(line)) : `${JSON.stringify(asJson(line))}\n`)
  }

  /** Writes what was added. @throws UserError `predict/not-written` */
  async flush(): Promise<void> {
    const text = this.#held.join('')
    this.#held = []
    await this.#file?.writeFile(text).catch((error: unknown) => this.#refuse(error))
  }

  async finish(): Promise<void> {
    await this.flush()
    await this.#file?.close()
    this.#file = null
    await rename(this.#unfinished, this.#out).catch((error: unknown) => this.#refuse(error))
  }

  /** Leaves nothing behind. */
  async abandon(): Promise<void> {
    await this.#file?.close()
    this.#file = null
    await rm(this.#unfinished, { force: true })
  }

  #head(): string[] {
    if (this.#regress) return ['item', ...this.#names, 'problem']
    return ['item', 'prediction', 'probability', ...this.#names.map((name) => `p(${name})`), 'problem']
  }

  #cells({ item, answer, problem }: PredictionLine): string[] {
    const outputs = this.#names.map((name) => (answer ? String(answer.outputs[name] ?? '') : ''))
    if (this.#regress) return [item, ...outputs, problem ?? '']
    const { prediction = '', probability = null } = answer ?? {}
    return [
      item,
      String(prediction),
      probability === null ? '' : String(probability),
      ...outputs,
      problem ?? '',
    ]
  }

  #refuse(error: unknown): never {
    throw new UserError({
      code: 'predict/not-written',
      what: `${this.#out} cannot be written (${error instanceof Error ? error.message : String(error)}).`,
      mend: 'Choose a place that you may write to, with room on it.',
    })
  }
}

const asJson = ({ item, answer, problem }: PredictionLine): object =>
  answer ? { item, ...answer } : { item, problem }

/** As RFC 4180 has it. A cell that a spreadsheet would run as a formula is left a text. */
function csvLine(cells: readonly string[]): string {
  const quoted = cells.map((cell) => {
    const safe = /^[=+@\t\r]|^-(?![\d.])/.test(cell) ? `'${cell}` : cell
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
  })
  return `${quoted.join(',')}\n`
}
