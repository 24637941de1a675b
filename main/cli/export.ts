/** `tapedeck export`: a trained model taken elsewhere. */
import { parseArgs } from 'node:util'
import { modelExportSchema, modelFormatSchema } from '../common/export/export.ts'
import { sizeWords } from '../common/exchange/words.ts'
import { resultOf } from '../common/resultOf.ts'
import { typedPath, workspaceArgument } from '../shells/options.ts'
import type { Command } from './commands.ts'
import { UsageError } from './errors.ts'
import { ProgressLine } from './progressLine.ts'
import { withWorkbench } from './session.ts'

const help = `tapedeck export RUN --format FORMAT --out DIR [options]

  --format FORMAT       pytorch: a project that trains on by itself: model.py, weights, data, train.py
                        onnx: model.onnx for ONNX Runtime and others, with a README that shows its use
                        safetensors: the weights, with the model document as metadata
                        archive: the whole run, for another workspace; as "tapedeck runs export" writes several
  --out DIR             folder that is made for it
  --checkpoint WHICH    best (as without this option), last, or the step of a checkpoint
  --workspace DIR       where runs live
  --json                print one JSON object as the last line
`

export const exportCommand: Command = {
  summary: 'write a trained model as a PyTorch project, ONNX, weights or an archive',
  help,
  async run(args) {
    const text = { type: 'string' } as const
    const flag = { type: 'boolean' } as const
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { format: text, out: text, checkpoint: text, workspace: text, json: flag, verbose: flag },
    })
    const request = requestOf(positionals, values)
    const exported = await withWorkbench(workspaceArgument(args), async (client) => {
      const progress = new ProgressLine()
      const stream = await client.export.model(request)
      const written = await resultOf(stream, ({ note }) => progress.show(note))
      const { path, step, bytes, notes } = written
      const what = step === null ? 'the run with its checkpoints' : `the model at step ${step}`
      progress.end(`${path}: ${what}, ${sizeWords(bytes)}.`)
      for (const note of notes) process.stderr.write(`  ${note}\n`)
      return written
    })
    if (values.json) process.stdout.write(`${JSON.stringify(exported)}\n`)
    return 0
  },
}

interface Values {
  format?: string | undefined
  out?: string | undefined
  checkpoint?: string | undefined
}

function requestOf(positionals: readonly string[], { format, out, checkpoint = 'best' }: Values) {
  const [typed, ...more] = positionals
  const runId = Number(typed)
  if (typed === undefined || more.length > 0 || !Number.isInteger(runId) || runId < 1)
    throw new UsageError(
      typed === undefined
        ? 'Which run is missing.'
        : `"${positionals.join(' ')}" is not the number of a run.`,
      'Name one run by its number, as "tapedeck runs" lists them.',
    )
  const known = modelFormatSchema.safeParse(format)
  if (!known.success)
    throw new UsageError(
      format === undefined ? '--format is missing.' : `--format is "${format}".`,
      `It is one of ${modelFormatSchema.options.join(', ')}.`,
    )
  if (out === undefined) throw new UsageError('Where to write is missing.', 'Say it with --out DIR.')
  const step = /^\d+$/.test(checkpoint) ? Number(checkpoint) : checkpoint
  const request = modelExportSchema.safeParse({ runId, format, folder: typedPath(out), checkpoint: step })
  if (request.success) return request.data
  throw new UsageError(`--checkpoint is "${checkpoint}".`, 'It is best, last, or the step of a checkpoint.')
}
