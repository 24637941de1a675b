import type { Dataset } from '../../common/data/dataset.ts'
import { readItems, readSamples } from '../cache/reader.ts'
import { toDataUrl } from '../images/decoder.ts'
import { figure, refuse } from '../refuse.ts'
import { special } from '../text/tokens.ts'
import { tokenizerOf } from '../text/tokenizers.ts'
import { placesOfColumns } from './row.ts'
import type { SinglePreparation } from './preparation.ts'
import type { SingleSample } from './index.ts'

/** A sample of a data set, exactly as a batch of training has it. @throws UserError `data/unknown-row`, `data/cache-missing` */
export async function storedSample(
  dataset: Dataset,
  preparation: SinglePreparation,
  folder: string,
  row: number,
): Promise<SingleSample> {
  const all = dataset.trainCount + dataset.validationCount + dataset.testCount
  if (row >= all)
    refuse(
      'unknown-row',
      `"${dataset.name}" has no row ${figure(row)}; its rows are 0 to ${figure(all - 1)}.`,
      'Ask for one of them.',
    )
  const [[sample], [item]] = await Promise.all([
    readSamples(dataset, folder, [row]),
    readItems(folder, [row]),
  ]).catch((error: unknown) =>
    refuse(
      'cache-missing',
      `The stored copy of "${dataset.name}" cannot be read.`,
      'Import it again on the Data page.',
      error,
    ),
  )
  const { bytes, shape } = sample!
  const values = valuesOf(bytes, dataset.storedDtype)
  const { text, columns } = preparation
  if (dataset.content === 'tokens' && text) {
    const { tokens } = tokenizerOf(text)
    const seen = Array.from(values, (id) => ({ text: tokens[id] ?? '', known: id !== special.unknown }))
    return {
      values,
      shape,
      seen: { kind: 'text', tokens: seen.slice(0, 2000), count: seen.length, notes: [] },
      columns: null,
    }
  }
  if (text) {
    // A bag: the words that were counted, once each.
    const counted = Array.from(values.keys()).filter((at) => values[at]! > 0)
    const seen = counted.map((at) => ({ text: text.vocabulary[at] ?? '', known: true }))
    return {
      values,
      shape,
      seen: { kind: 'text', tokens: seen.slice(0, 2000), count: seen.length, notes: [] },
      columns: counted.map((at) => [at]),
    }
  }
  if (columns)
    return {
      values,
      shape,
      seen: { kind: 'row', columns: columns.map(({ name }) => name), notes: item ? [item] : [] },
      columns: placesOfColumns(columns),
    }
  const [channels, height = 1, width = 1] = shape
  const size = { channels: channels === 1 ? (1 as const) : (3 as const), height, width }
  return {
    values,
    shape,
    seen: {
      kind: 'image',
      image: await toDataUrl(bytes, size),
      width,
      height,
      notes: item ? [item] : [],
    },
    columns: null,
  }
}

function valuesOf(bytes: Buffer, dtype: Dataset['storedDtype']): SingleSample['values'] {
  // A copy: a view must begin at a multiple of its element.
  const { buffer } = new Uint8Array(bytes)
  return dtype === 'uint8'
    ? new Uint8Array(buffer)
    : dtype === 'int32'
      ? new Int32Array(buffer)
      : new Float32Array(buffer)
}
