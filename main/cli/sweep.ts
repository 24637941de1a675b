/** `tapedeck sweep`: the same model many times with other settings, and what was best. */
import { parseArgs } from 'node:util'
import { lowerIsBetter } from '../common/training.ts'
import type { Method, SweepSpec } from '../common/sweeps/spec.ts'
import { sweepSpecSchema } from '../common/sweeps/spec.ts'
import { workspaceArgument } from '../shells/options.ts'
import { subjectOf } from './beginning.ts'
import type { Command } from './commands.ts'
import { dataFlags, dataHelp } from './dataOptions.ts'
import { UsageError } from './errors.ts'
import { followSweep } from './followSweep.ts'
import { ProgressLine } from './progressLine.ts'
import { withWorkbench, type Client } from './session.ts'
import { dimensionsOf } from './sweepDimensions.ts'
import { trainConfig, type Typed } from './trainConfig.ts'
import { flagHelp, flagOptions } from './trainFlags.ts'

const help = `tapedeck sweep --model MODEL [--data PATH] --set NAME=VALUES [options]
tapedeck sweep --resume SWEEP

  --set NAME=VALUES       a setting and its values, as often as you like: lr=0.001..0.1:log, batchSize=16,32,64,
                          optimizer=sgd,adamw, schedule.kind=constant,cosine, or a layer's: NODE.outFeatures=64,128.
                          A grid takes 5 values of a range, or as many as :N says
  --method NAME           grid (every combination), random, or halving (ASHA: many begin, the best go on)
  --trials N              random, halving: how many combinations are drawn; 20 unless given
  --sweep-seed N          random, halving: the same seed draws the same
  --min-epochs N          halving: epochs that each gets at least, 1 unless given; --epochs is the most
  --eta N                 halving: the best of so many go on with so many times the epochs; 3 unless given
  --seeds N               runs of every combination, from --seed on
  --metric METRIC         what is looked for, val/accuracy or val/loss unless given; losses and errors are best low
  --maximize, --minimize  if that is not what is meant
  --last                  the metric's last value counts, not its best over the epochs
  --max-runs N            no more runs than this
  --max-minutes X         no run begins after so many minutes of training
  --preview               say how many runs it would be, and train none
  --resume SWEEP          go on with a sweep that was paused or interrupted

  --model MODEL           id of a template (digits-mlp) or path of a model document (.json)
  --data PATH             folder or file with the data, or the id of a sample set (digits)
${flagHelp}
  --name TEXT             name of the sweep; without it, it names itself
  --workspace DIR         where runs live
  --json                  print one JSON object as the last line
  --verbose               add the stack trace to an error

How the data is read, where the guess is not what is meant:
${dataHelp}
`

const options = {
  ...dataFlags,
  ...flagOptions,
  model: { type: 'string' },
  data: { type: 'string' },
  set: { type: 'string', multiple: true },
  method: { type: 'string' },
  trials: { type: 'string' },
  'sweep-seed': { type: 'string' },
  'min-epochs': { type: 'string' },
  eta: { type: 'string' },
  seeds: { type: 'string' },
  metric: { type: 'string' },
  maximize: { type: 'boolean' },
  minimize: { type: 'boolean' },
  last: { type: 'boolean' },
  'max-runs': { type: 'string' },
  'max-minutes': { type: 'string' },
  preview: { type: 'boolean' },
  resume: { type: 'string' },
  balance: { type: 'string' },
  augment: { type: 'string' },
  name: { type: 'string' },
  workspace: { type: 'string' },
  json: { type: 'boolean' },
  verbose: { type: 'boolean' },
} as const

export const sweepCommand: Command = {
  summary: 'train a model with many settings and say which were best',
  help,
  async run(args) {
    const { values } = parseArgs({ args, options, strict: true })
    const json = values.json === true
    if (values.resume !== undefined) {
      const sweepId = numberOf(values, 'resume') ?? NaN
      return withWorkbench(workspaceArgument(args), async (client) => {
        await client.sweeps.resume({ sweepId })
        return followSweep(client, sweepId, new ProgressLine(), json)
      })
    }
    // What was typed is checked before anything is opened.
    trainConfig(values)
    const rest = restOf(values)
    const { model } = values
    if (model === undefined)
      throw new UsageError(
        '--model is missing.',
        'Name a template, such as digits-mlp, or a sweep with --resume.',
      )
    return withWorkbench(workspaceArgument(args), async (client) => {
      const progress = new ProgressLine()
      const subject = await subjectOf(model, values.data, values)(client, progress)
      const dimensions = dimensionsOf(subject.document, values.set ?? [])
      const objective = await objectiveOf(client, values, subject.datasetId)
      const spec = specOf({ ...subject, ...rest, dimensions, objective })
      return values.preview
        ? preview(client, spec, json)
        : startSweep(client, spec, values.name ?? null, progress, json)
    })
  },
}

/** @throws UsageError naming what is out of bounds */
export function specOf(typed: SweepSpec): SweepSpec {
  const parsed = sweepSpecSchema.safeParse(typed)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const place = (issue?.path ?? []).join('.')
  throw new UsageError(
    `The sweep is not possible at ${place}: ${issue?.message ?? 'not understood'}.`,
    'Change that value.',
  )
}

/** Puts a sweep into the queue and follows it. @returns the exit code */
export async function startSweep(
  client: Client,
  spec: SweepSpec,
  name: string | null,
  progress: ProgressLine,
  json: boolean,
): Promise<number> {
  const { sweepId } = await client.sweeps.start({ spec, name })
  return followSweep(client, sweepId, progress, json)
}

/** What is looked for: as typed, else the accuracy of classes and the loss of everything else. */
export async function objectiveOf(
  client: Client,
  typed: Typed,
  datasetId: string,
): Promise<SweepSpec['objective']> {
  const dataset = (await client.data.list()).find(({ id }) => id === datasetId)
  const part = dataset?.validationCount === 0 ? 'train' : 'val'
  const metric =
    typeof typed['metric'] === 'string'
      ? typed['metric']
      : `${part}/${dataset?.task === 'classify' ? 'accuracy' : 'loss'}`
  if (typed['maximize'] && typed['minimize'])
    throw new UsageError('--maximize and --minimize do not go together.', 'Leave one of them out.')
  const low = typed['minimize'] === true || (typed['maximize'] !== true && lowerIsBetter(metric))
  return { metric, direction: low ? 'min' : 'max', read: typed['last'] ? 'last' : 'best' }
}

async function preview(client: Client, spec: SweepSpec, json: boolean): Promise<number> {
  const found = await client.sweeps.preview(spec)
  if (json) process.stdout.write(`${JSON.stringify(found)}\n`)
  else {
    const { runs, epochs, seconds, first } = found
    const time = seconds === null ? '' : `, about ${Math.ceil(seconds)} s`
    process.stdout.write(`${runs} runs, ${epochs} epochs${time}\n`)
    for (const { number, text } of first) process.stdout.write(`  ${number}  ${text}\n`)
    if (runs > first.length) process.stdout.write(`  and ${runs - first.length} more\n`)
  }
  return 0
}

function restOf(typed: Typed): Pick<SweepSpec, 'method' | 'seeds' | 'budget'> {
  return {
    method: methodOf(typed),
    seeds: numberOf(typed, 'seeds') ?? 1,
    budget: { runs: numberOf(typed, 'max-runs'), minutes: numberOf(typed, 'max-minutes', false) },
  }
}

/** Options that only some methods have. */
const ofMethods: Readonly<Record<string, readonly Method['kind'][]>> = {
  trials: ['random', 'halving'],
  'sweep-seed': ['random', 'halving'],
  'min-epochs': ['halving'],
  eta: ['halving'],
}

function methodOf(typed: Typed): Method {
  const kind = typed['method'] ?? (typed['trials'] === undefined ? 'grid' : 'random')
  if (kind !== 'grid' && kind !== 'random' && kind !== 'halving')
    throw new UsageError(`--method ${String(kind)} is not possible.`, 'It is grid, random or halving.')
  const out = Object.keys(ofMethods).find(
    (flag) => typed[flag] !== undefined && !ofMethods[flag]?.includes(kind),
  )
  if (out !== undefined)
    throw new UsageError(
      `--${out} has no effect on --method ${kind}.`,
      'Leave it out, or choose another method.',
    )
  const drawn = { trials: numberOf(typed, 'trials') ?? 20, seed: numberOf(typed, 'sweep-seed') ?? 1 }
  if (kind === 'grid') return { kind }
  if (kind === 'random') return { kind, ...drawn }
  return { kind, ...drawn, minEpochs: numberOf(typed, 'min-epochs') ?? 1, eta: numberOf(typed, 'eta') ?? 3 }
}

/** Null where it was not typed. @throws UsageError where it is no number above 0 */
export function numberOf(typed: Typed, flag: string, whole = true): number | null {
  const text = typed[flag]
  if (text === undefined) return null
  const value = String(text).trim() === '' ? NaN : Number(text)
  if (value > 0 && Number.isFinite(value) && (!whole || Number.isInteger(value))) return value
  throw new UsageError(
    `--${flag} ${String(text)} is not possible: it is not a ${whole ? 'whole ' : ''}number above 0.`,
    'Run "tapedeck sweep --help" for the options.',
  )
}
