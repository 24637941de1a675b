/** `tapedeck evaluate`: what the weights of a run are worth on a part of a data set. */
import { parseArgs } from 'node:util'
import type { Evaluation } from '../common/evaluation/evaluation.ts'
import { splitSchema } from '../common/data/dataset.ts'
import { measured } from '../common/settings.ts'
import { workspaceArgument } from '../shells/options.ts'
import type { Command } from './commands.ts'
import { UsageError } from './errors.ts'
import { checkpointOf } from './predict.ts'
import { ProgressLine } from './progressLine.ts'
import { withWorkbench } from './session.ts'

const help = `tapedeck evaluate RUN [options]

  --data NAME       a data set of the workspace, by its name or id; without it the one that it was trained on
  --split S         validation (as it is without this option), test or train
  --checkpoint C    best, last, or a step; without it the newest
  --workspace DIR   where runs live
  --json            print the figures as one JSON line: of classes with the confusion matrix, row by row
`

export const evaluateCommand: Command = {
  summary: 'figures of trained weights on a part of a data set',
  help,
  async run(args) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        data: { type: 'string' },
        split: { type: 'string', default: 'validation' },
        checkpoint: { type: 'string' },
        workspace: { type: 'string' },
        json: { type: 'boolean' },
        verbose: { type: 'boolean' },
      },
    })
    const runId = Number(positionals[0])
    if (!Number.isInteger(runId) || runId < 1 || positionals.length > 1)
      throw new UsageError('Which run is missing.', '"tapedeck runs" lists them.')
    const split = splitSchema.safeParse(values.split)
    if (!split.success)
      throw new UsageError(`--split ${values.split} is not known.`, 'Use validation, test or train.')
    const progress = new ProgressLine()
    const found = await withWorkbench(workspaceArgument(args), async (client) => {
      const run = await client.runs.get({ runId })
      const datasets = values.data === undefined ? [] : await client.data.list()
      const dataset = datasets.find(({ id, name }) => id === values.data || name === values.data)
      if (values.data !== undefined && !dataset)
        throw new UsageError(
          `There is no data set "${values.data}".`,
          `There is: ${datasets.map(({ name }) => name).join(', ') || 'none'}.`,
        )
      const stream = await client.predict.evaluate({
        runId,
        checkpointId: checkpointOf(run, values.checkpoint),
        datasetId: dataset?.id ?? null,
        split: split.data,
      })
      for (;;) {
        const next = await stream.next()
        if (next.done) return next.value
        progress.show(`evaluated ${next.value.done} of ${next.value.total}`)
      }
    })
    process.stdout.write(values.json ? `${JSON.stringify(found)}\n` : asText(found))
    return 0
  },
}

function asText({ figures, datasetName, split, step }: Evaluation): string {
  const known = (value: number | null): string => (value === null ? '-' : measured(value))
  const lines = [`${split} of ${datasetName}, weights of step ${step}`]
  switch (figures.task) {
    case 'classify':
      lines.push(
        `accuracy ${known(figures.accuracy)}  log loss ${known(figures.logLoss)}  macro F1 ${known(figures.macroF1)}  calibration error ${known(figures.calibrationError)}`,
        ...figures.classes.map(
          ({ name, support, precision, recall, f1, rocArea }) =>
            `  ${name}: ${support} samples, precision ${known(precision)}, recall ${known(recall)}, F1 ${known(f1)}, ROC area ${known(rocArea)}`,
        ),
      )
      break
    case 'regress':
      lines.push(
        ...figures.targets.map(
          ({ name, mae, rmse, r2 }) => `${name}: MAE ${known(mae)}  RMSE ${known(rmse)}  R2 ${known(r2)}`,
        ),
      )
      break
    case 'next-token':
      lines.push(
        `loss ${known(figures.loss)}  perplexity ${known(figures.perplexity)}  accuracy ${known(figures.accuracy)}`,
      )
  }
  return `${lines.join('\n')}\n`
}
