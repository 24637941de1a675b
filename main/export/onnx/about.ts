/** What must be known beside the network to use it: how inputs are made, what outputs mean. */
import { formatDim } from '../../common/dims.ts'
import type { ExportedRun } from '../pytorch/project.ts'
import type { Traced } from './traced.ts'
import type { TracedModel } from './trace.ts'

/** How a sample is made, as the checkpoint keeps it. */
export interface Prepared {
  /** Tokens by id, or the words of a bag: `vocabulary.json`; null where samples are no texts. */
  vocabulary: readonly string[] | null
  /** `tokenizer.json`; null where tokens come by rule. */
  tokenizer: unknown
  /** Our id by the id that the `tokenizer.json` gives; null where they are the same. */
  tokenizerIds: readonly number[] | null
  /** How each column of a table becomes features; null where samples are no rows. */
  columns: unknown
  /** In sentences. */
  words: readonly string[]
}

/** The content of `model.json`. */
export interface About {
  format: 'tapedeck-onnx'
  version: 1
  run: { name: string; step: number; dataset: string }
  task: string
  inputs: Record<string, { dtype: string; shape: (number | string)[] }>
  outputs: Record<string, { dtype: string; shape: (number | string)[] }>
  /** Least that a size which varies may be, where that is more than 1: `T`, `H`, `W`. */
  smallest: Readonly<Record<string, number>>
  /** Of a classification, in the order of the logits. */
  classes: string[]
  /** Of a regression: value = prediction * std + mean. */
  targets: readonly { name: string; mean: number; std: number }[]
  preparation: {
    words: readonly string[]
    /** input = (value - mean) / std; of images a number for each channel. */
    mean: number[]
    std: number[]
    image: unknown
    text: unknown
    columns: unknown
    tokenizerIds: readonly number[] | null
  }
}

const described = (tensors: readonly Traced[]): About['inputs'] =>
  Object.fromEntries(
    tensors.map(({ name, dtype, dims }) => [
      name,
      { dtype, shape: dims.map((dim) => (typeof dim === 'number' ? dim : formatDim(dim))) },
    ]),
  )

export function aboutOf(run: ExportedRun, model: TracedModel, prepared: Prepared): About {
  const { dataset, checkpoint } = run
  const scales = dataset.channels.length > 0 ? dataset.channels : [dataset]
  return {
    format: 'tapedeck-onnx',
    version: 1,
    run: { name: run.name, step: checkpoint.step, dataset: dataset.name },
    task: dataset.task,
    inputs: described(model.inputs),
    outputs: described([model.output]),
    smallest: model.smallest,
    classes: dataset.classes.map(({ name }) => name),
    targets: dataset.targets,
    preparation: {
      words: prepared.words,
      mean: scales.map(({ mean }) => (dataset.content === 'tokens' ? 0 : mean)),
      std: scales.map(({ std }) => (dataset.content === 'tokens' || std <= 0 ? 1 : std)),
      image: dataset.options.image,
      // Where the file was on another machine helps nobody.
      text: dataset.options.text && { ...dataset.options.text, tokenizerFile: null },
      columns: prepared.columns,
      tokenizerIds: prepared.tokenizerIds,
    },
  }
}

/** The same as `metadata_props` of the file, whose values are texts; what is no text is JSON. */
export function metadataOf(run: ExportedRun, about: About): Record<string, string> {
  const { inputs: _inputs, outputs: _outputs, smallest: _smallest, ...rest } = about
  return Object.fromEntries(
    Object.entries({ ...rest, document: run.document }).map(([key, value]) => [
      key,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  )
}
