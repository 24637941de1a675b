/** `tapedeck data`: what a folder or file is, and what would be learnt from. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Dataset } from '../common/data/dataset.ts'
import type { Reading } from '../common/data/guess.ts'
import type { Command } from './commands.ts'
import { dataFlags, dataHelp, typedReading } from './dataOptions.ts'
import { UsageError } from './errors.ts'
import { guessOf, importReading } from './importing.ts'
import { ProgressLine } from './progressLine.ts'
import { withWorkbench } from './session.ts'

const help = `tapedeck data inspect PATH [options]

Says what a folder or file is taken for and why, reads all of it, and says what is in it: samples, classes, sizes, what
was set aside, what the check-up found. Nothing is kept and no workspace is touched.

  --quick                 only the guess; nothing but a few samples is read
  --json                  print one JSON object as the last line
  --verbose               add the stack trace to an error
${dataHelp}
`

const options = {
  ...dataFlags,
  quick: { type: 'boolean' },
  json: { type: 'boolean' },
  verbose: { type: 'boolean' },
} as const

export const dataCommand: Command = {
  summary: 'say what a folder or file is taken for and what is in it',
  help,
  async run(args) {
    const { values, positionals } = parseArgs({ args, options, strict: true, allowPositionals: true })
    const [verb, path, ...more] = positionals
    if (verb !== 'inspect')
      throw new UsageError(
        verb === undefined ? 'What to do is missing.' : `There is no "data ${verb}".`,
        'It is "tapedeck data inspect PATH".',
      )
    if (path === undefined || more.length > 0)
      throw new UsageError(
        path === undefined ? 'The path is missing.' : `${more.length + 1} paths were given.`,
        'Name one folder or file, or a sample set such as digits.',
      )
    const folder = await mkdtemp(join(tmpdir(), 'tapedeck-inspect-'))
    try {
      return await withWorkbench(folder, async (client) => {
        const guess = await guessOf(client, path)
        const reading = typedReading(guess, values)
        const dataset = values['quick'] ? null : await importReading(client, reading, new ProgressLine())
        const found = describe(reading, [guess, ...guess.others], dataset)
        process.stdout.write(values['json'] ? `${JSON.stringify(found)}\n` : asText(found))
        return 0
      })
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
}

type Found = ReturnType<typeof describe>

/** The JSON object; what is known only after reading everything is null where it was not read. */
function describe(reading: Reading, readings: readonly Reading[], dataset: Dataset | null) {
  const { path, options: read, task, reasons, classes, sampleCount, columns } = reading
  return {
    path,
    kind: read.kind,
    task,
    reasons,
    others: readings.map(({ options: other }) => other.kind).filter((kind) => kind !== read.kind),
    columns,
    options: read,
    samples: dataset ? dataset.trainCount + dataset.validationCount + dataset.testCount : sampleCount,
    parts: dataset && {
      train: dataset.trainCount,
      validation: dataset.validationCount,
      test: dataset.testCount,
    },
    classes: dataset ? dataset.classes : classes,
    sampleShape: dataset?.sampleShape ?? null,
    /** Quantiles by symbol: of lengths (`T`), or of heights and widths as they are trained on. */
    sizes: dataset?.symbols ?? null,
    /** As the files have them; images only. */
    originalSizes: dataset?.sizes ?? null,
    vocabularySize: dataset?.vocabularySize ?? null,
    notes: dataset?.notes ?? null,
    checks: dataset?.checks ?? null,
    setAside: dataset && { count: dataset.problemCount, listed: dataset.problems },
    fingerprint: dataset?.id ?? null,
  }
}

const mostLines = 20

function asText(found: Found): string {
  const lines = [`${found.path}: ${found.kind}`, ...found.reasons.map((reason) => `  ${reason}`)]
  if (found.others.length > 0) lines.push(`  It may also be ${found.others.join(' or ')} (--as).`)
  lines.push(`${found.samples} samples`)
  if (found.parts)
    lines.push(`  ${found.parts.train} train, ${found.parts.validation} validation, ${found.parts.test} test`)
  for (const one of found.classes.slice(0, mostLines))
    lines.push(`  ${one.name}: ${'count' in one ? one.count : one.train + one.validation + one.test}`)
  if (found.classes.length > mostLines) lines.push(`  and ${found.classes.length - mostLines} classes more`)
  for (const [symbol, { typical, p90, p99, largest }] of Object.entries(found.sizes ?? {}))
    lines.push(`${symbol}: half at most ${typical}, 90 % ${p90}, 99 % ${p99}, largest ${largest}`)
  for (const note of found.notes ?? []) lines.push(note)
  for (const { severity, what, mend } of found.checks ?? [])
    lines.push(`${severity === 'warning' ? '!!' : '--'} ${what} ${mend}`)
  if (found.setAside && found.setAside.count > 0) {
    lines.push(`${found.setAside.count} set aside:`)
    for (const { path, reason } of found.setAside.listed.slice(0, mostLines))
      lines.push(`  ${path}: ${reason}`)
  }
  return `${lines.join('\n')}\n`
}
