/** `tapedeck train`: import the data when it is new, train, print the result. */
import { parseArgs } from 'node:util'
import type { Live, RunDetail } from '../common/schemas.ts'
import { workspaceArgument } from '../shells/options.ts'
import type { Command } from './commands.ts'
import { dataFlags, dataHelp } from './dataOptions.ts'
import { findingRate } from './findRate.ts'
import { ProgressLine } from './progressLine.ts'
import { replicating } from './replicating.ts'
import { withWorkbench, type Client } from './session.ts'
import { plannedChanges, trainConfig } from './trainConfig.ts'
import { flagHelp, flagOptions } from './trainFlags.ts'
import { beginning } from './beginning.ts'

const help = `tapedeck train --model MODEL [--data PATH] [options]
tapedeck train --resume RUN [options]
tapedeck train --fork RUN@STEP [options]
tapedeck train --seeds N --model MODEL [--data PATH] [options]
tapedeck train --find-lr --model MODEL [--data PATH] [options]

  --resume RUN            go on with a run that has ended, from its newest checkpoint; to the last bit what it would
                          have been. Options that may change while a run trains may be given, --epochs for more of them
  --fork RUN@STEP         a new run that goes on from a checkpoint of another: its step, best, last, or 0 for the start
  --set NAME=X --at STEP  change a setting when the run has done so many steps: --set lr=0.01,clip-norm=1 --at 500
                          (as often as you like)
  --seeds N               train it so many times, from --seed on: how far chance alone moves the result
  --find-lr               train no run, but a fresh model at rising learning rates, and say which rate works; with
                          --json the whole curve too

  --model MODEL           id of a template (digits-mlp) or path of a model document (.json)
  --data PATH             folder or file with the data, or the id of a sample set (digits); without it a
                          template trains on its own sample set with its own settings
${flagHelp}
  --balance HOW           unbalanced classes: weights (rare ones count more in the loss), sampling (all drawn
                          equally often) or none
  --augment LIST          images: flip,shift=0.1,rotate=15,colour=0.2,cutout=0.3,mixup=0.2 (any of them) or none
  --weights FILE          begin with the weights of a safetensors file, matched by name and shape; the optimizer begins anew
  --freeze LIST           layers that are not trained, by their ids in the document: embedding,lstm
  --name TEXT             name of the run; without it, it names itself
  --workspace DIR         where runs live
  --json                  print one JSON object as the last line
  --verbose               add the stack trace to an error

How the data is read, where the guess is not what is meant ("tapedeck data inspect PATH" shows it):
${dataHelp}
`

const options = {
  ...dataFlags,
  model: { type: 'string' },
  data: { type: 'string' },
  ...flagOptions,
  resume: { type: 'string' },
  fork: { type: 'string' },
  'find-lr': { type: 'boolean' },
  seeds: { type: 'string' },
  set: { type: 'string', multiple: true },
  at: { type: 'string', multiple: true },
  balance: { type: 'string' },
  augment: { type: 'string' },
  weights: { type: 'string' },
  freeze: { type: 'string' },
  name: { type: 'string' },
  workspace: { type: 'string' },
  json: { type: 'boolean' },
  verbose: { type: 'boolean' },
} as const

export const trainCommand: Command = {
  summary: 'train a model on data and keep the run',
  help,
  async run(args) {
    const { values } = parseArgs({ args, options, strict: true })
    // What was typed is checked before anything is opened.
    trainConfig(values)
    if (values['find-lr']) {
      const find = findingRate(values)
      process.stdout.write(
        await withWorkbench(workspaceArgument(args), (client) =>
          find(client, new ProgressLine(), values.json === true),
        ),
      )
      return 0
    }
    if (values.seeds !== undefined) {
      const train = replicating(values)
      return withWorkbench(workspaceArgument(args), (client) =>
        train(client, new ProgressLine(), values.json === true),
      )
    }
    const planned = plannedChanges(values.set, values.at)
    const begin = beginning(values, planned)
    return withWorkbench(workspaceArgument(args), async (client) => {
      const progress = new ProgressLine()
      const runId = await begin(client, progress)
      const restore = stopOnInterrupt(client, runId)
      try {
        await follow(client, runId, progress)
      } finally {
        restore()
      }
      const run = await client.runs.get({ runId })
      report(run, values.json === true)
      return run.status === 'finished' ? 0 : run.status === 'stopped' ? 130 : 1
    })
  },
}

/** Shows the run until it has ended. */
async function follow(client: Client, runId: number, progress: ProgressLine): Promise<void> {
  for await (const live of await client.training.watch()) {
    if (live?.runId !== runId) continue
    const over = live.status !== 'running' && live.status !== 'paused'
    const line = progressOf(live)
    if (over) return progress.end(line)
    progress.show(line)
  }
}

function progressOf({ epoch, epochs, batch, batches, latest, samplesPerSecond, secondsLeft }: Live): string {
  const loss = latest['batch/loss']
  const accuracy = latest['val/accuracy']
  const macro = latest['val/macro-f1']
  const perplexity = latest['val/perplexity']
  const error = latest['val/mae']
  return [
    batches === 0 ? 'preparing' : `epoch ${epoch} of ${epochs}, batch ${batch} of ${batches}`,
    ...(loss === undefined ? [] : [`loss ${loss.toPrecision(4)}`]),
    ...(accuracy === undefined ? [] : [`val accuracy ${accuracy.toFixed(4)}`]),
    ...(macro === undefined ? [] : [`macro F1 ${macro.toFixed(4)}`]),
    ...(perplexity === undefined ? [] : [`perplexity ${perplexity.toPrecision(4)}`]),
    ...(error === undefined ? [] : [`val mae ${error.toPrecision(4)}`]),
    `${Math.round(samplesPerSecond)} samples/s`,
    ...(secondsLeft === null ? [] : [`${Math.ceil(secondsLeft)} s left`]),
  ].join(' · ')
}

/** The first Ctrl+C stops the run with a checkpoint, the second one leaves at once. */
function stopOnInterrupt(client: Client, runId: number): () => void {
  const stop = (): void => {
    process.once('SIGINT', () => process.exit(130))
    process.stderr.write('\nStopping after this step; Ctrl+C again leaves at once.\n')
    // It may have ended by itself in this moment; its status then says how.
    client.training.stop({ runId }).catch(() => undefined)
  }
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
  return () => {
    process.removeAllListeners('SIGINT')
    process.removeAllListeners('SIGTERM')
  }
}

function report(run: RunDetail, json: boolean): void {
  const metrics = Object.fromEntries(
    Object.entries(run.summaries)
      .filter(([name]) => name.startsWith('train/') || name.startsWith('val/'))
      .map(([name, summary]) => [name, summary.last]),
  )
  if (run.error) process.stderr.write(`${run.error.what}\n${run.error.mend}\n`)
  if (!json) {
    process.stdout.write(`run ${run.id} "${run.name}" ${run.status} after ${run.epochsDone} epochs\n`)
    for (const [name, value] of Object.entries(metrics)) process.stdout.write(`  ${name}  ${value}\n`)
    return
  }
  const { id: runId, status, epochsDone: epochs, seconds, samplesPerSecond, weightsSha256 } = run
  process.stdout.write(
    `${JSON.stringify({ runId, status, epochs, metrics, seconds, samplesPerSecond, weightsSha256 })}\n`,
  )
}
