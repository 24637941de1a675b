/** `tapedeck evaluate`: what the weights of a run are worth on a part of a data set. */
import { existsSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { Evaluation } from '../common/evaluation/evaluation.ts'
import { partSchema } from '../common/data/dataset.ts'
import { resultOf } from '../common/resultOf.ts'
import { measured } from '../common/settings.ts'
import { typedPath, workspaceArgument } from '../shells/options.ts'
import type { Command } from './commands.ts'
import { UsageError } from './errors.ts'
import { checkpointOf } from './predict.ts'
import { ProgressLine } from './progressLine.ts'
import { withWorkbench, type Client } from './session.ts'

const help = `tapedeck evaluate RUN [options]

  --data PATH       a folder or a file with the truth in it, imported or not; or a data set of the workspace, by its name
                    or id; without it the one that it was trained on
  --split S         validation, test, train or all; without it all of a PATH, validation of a data set
  --checkpoint C    best, last, or a step; without it the newest
  --workspace DIR   where runs live
  --json            print the figures as one JSON line: of classes with the confusion matrix, row by row
`

export const evaluateCommand: Command = {
  summary: 'figures of trained weights on a data set, a folder or a file',
  help,
  async run(args) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        data: { type: 'string' },
        split: { type: 'string' },
        checkpoint: { type: 'string' },
        workspace: { type: 'string' },
        json: { type: 'boolean' },
        verbose: { type: 'boolean' },
      },
    })
    const runId = Number(positionals[0])
    if (!Number.isInteger(runId) || runId < 1 || positionals.length > 1)
      throw new UsageError('Which run is missing.', '"tapedeck runs" lists them.')
    const split = partSchema.optional().safeParse(values.split)
    if (!split.success)
      throw new UsageError(`--split ${values.split} is not known.`, 'Use validation, test, train or all.')
    const progress = new ProgressLine()
    const found = await withWorkbench(workspaceArgument(args), async (client) => {
      const run = await client.runs.get({ runId })
      const { datasetId, path } = await dataOf(client, values.data)
      const stream = await client.predict.evaluate({
        runId,
        checkpointId: checkpointOf(run, values.checkpoint),
        datasetId,
        path,
        split: split.data ?? (path === null ? 'validation' : 'all'),
      })
      return resultOf(stream, ({ done, total, note }) =>
        progress.show(`${note}: ${done}${total > 0 ? ` of ${total}` : ''}`),
      )
    })
    process.stdout.write(values.json ? `${JSON.stringify(found)}\n` : asText(found))
    return 0
  },
}

/** @throws UsageError where there is neither such a data set nor such a file */
async function dataOf(
  client: Client,
  wanted: string | undefined,
): Promise<{ datasetId: string | null; path: string | null }> {
  if (wanted === undefined) return { datasetId: null, path: null }
  const datasets = await client.data.list()
  const dataset = datasets.find(({ id, name }) => id === wanted || name === wanted)
  if (dataset) return { datasetId: dataset.id, path: null }
  const path = typedPath(wanted)
  if (existsSync(path)) return { datasetId: null, path }
  throw new UsageError(
    `There is nothing at ${path}, and no data set "${wanted}".`,
    `Check the path, or name a data set: ${datasets.map(({ name }) => name).join(', ') || 'there is none'}.`,
  )
}

function asText({ figures, datasetName, split, step, notes }: Evaluation): string {
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
  lines.push(...notes.map((note) => `(${note})`))
  return `${lines.join('\n')}\n`
}
