/** `tapedeck train`: import the data when it is new, train, print the result. */
import { parseArgs } from 'node:util'
import type { Live, RunDetail } from '../common/schemas.ts'
import { workspaceArgument } from '../shells/options.ts'
import type { Command } from './commands.ts'
import { dataFlags, dataHelp, typedReading } from './dataOptions.ts'
import { UsageError } from './errors.ts'
import { guessOf, importReading } from './importing.ts'
import { readModel } from './model.ts'
import { ProgressLine } from './progressLine.ts'
import { withWorkbench, type Client } from './session.ts'
import { refuseWithoutEffect, trainConfig } from './trainConfig.ts'

const help = `tapedeck train --model MODEL [--data PATH] [options]

  --model MODEL           id of a template (digits-mlp) or path of a model document (.json)
  --data PATH             folder or file with the data, or the id of a sample set (digits); without it a
                          template trains on its own sample set with its own settings
  --epochs N              passes over the training samples
  --batch-size N          samples per step
  --learning-rate X       step size of the optimizer
  --optimizer NAME        sgd or adam
  --momentum X            sgd only, 0 to 0.999
  --weight-decay X        0 to 1
  --seed N                same seed, data and build: the same numbers to the last digit
  --token-budget N        texts: tokens per step, padding counted, instead of --batch-size
  --balance HOW           unbalanced classes: weights (rare ones count more in the loss), sampling (all drawn
                          equally often) or none
  --augment LIST          images: flip,shift=0.1,rotate=15,colour=0.2,cutout=0.3,mixup=0.2 (any of them) or none
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
  epochs: { type: 'string' },
  'batch-size': { type: 'string' },
  'learning-rate': { type: 'string' },
  optimizer: { type: 'string' },
  momentum: { type: 'string' },
  'weight-decay': { type: 'string' },
  seed: { type: 'string' },
  'token-budget': { type: 'string' },
  balance: { type: 'string' },
  augment: { type: 'string' },
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
    const { model, data } = values
    if (model === undefined)
      throw new UsageError('--model is missing.', 'Name a template, such as digits-mlp.')
    // What was typed is checked before anything is opened.
    trainConfig(values)
    return withWorkbench(workspaceArgument(args), async (client) => {
      const progress = new ProgressLine()
      // Before anything is imported: a model that cannot be read is refused at once.
      await readModel(client, model, null)
      const template = (await client.models.templates({ datasetId: null })).find(({ id }) => id === model)
      const source = data ?? template?.sample
      if (source === undefined)
        throw new UsageError(
          '--data is missing.',
          'Name the folder with the data; only templates bring their own.',
        )
      const config = trainConfig(values, template?.config)
      const dataset = await importReading(
        client,
        typedReading(await guessOf(client, source), values),
        progress,
      )
      refuseWithoutEffect(values, dataset)
      const document = await readModel(client, model, dataset.id)
      const { runId } = await client.training.start({
        document,
        datasetId: dataset.id,
        config,
        name: values.name ?? null,
      })
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
    `epoch ${epoch} of ${epochs}, batch ${batch} of ${batches}`,
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
  const { id: runId, status, epochsDone: epochs, seconds, samplesPerSecond } = run
  process.stdout.write(`${JSON.stringify({ runId, status, epochs, metrics, seconds, samplesPerSecond })}\n`)
}
