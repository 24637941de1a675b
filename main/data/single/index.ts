/** One sample that comes after the import, made exactly as the import makes its own. */
import type { Given, InputKind, Seen } from '../../common/predict/subject.ts'
import type { Dataset } from '../../common/data/dataset.ts'
import { figure, refuse } from '../refuse.ts'
import { imageSample } from './image.ts'
import type { SinglePreparation } from './preparation.ts'
import { rowSample } from './row.ts'
import { textSample } from './text.ts'

export { storedSample } from './stored.ts'
export { preparationFrom } from './preparation.ts'
export type { SinglePreparation } from './preparation.ts'

export interface SingleSample {
  /** As a data set stores it: not normalised. */
  values: Uint8Array | Int32Array | Float32Array
  shape: number[]
  seen: Seen
  /** Which values belong to each token or column that was seen; null where they are one and the same. */
  columns: number[][] | null
}

/** What is given: a file's bytes, a text, or the cells of a row. */
export type Raw =
  | { kind: 'image'; bytes: Uint8Array }
  | { kind: 'text'; text: string }
  | { kind: 'row'; cells: Readonly<Record<string, string | null>> }

/**
 * @param shown whether a person looks at what was seen; many samples are made without
 * @throws UserError `data/wrong-input` of another kind than it was trained on; `data/image`, `data/no-tokens`, `data/cell`
 */
export async function sampleOf(
  raw: Raw,
  preparation: SinglePreparation,
  shown: boolean,
): Promise<SingleSample> {
  const kind = kindOf(preparation)
  if (raw.kind === 'image' && kind === 'image') return imageSample(raw.bytes, preparation, shown)
  if (raw.kind === 'text' && preparation.text)
    return textSample(raw.text, preparation.text, contextOf(preparation), shown)
  if (raw.kind === 'row' && preparation.columns) return rowSample(raw.cells, preparation.columns)
  return refuse(
    'wrong-input',
    `This network reads ${names[kind]}, and was given ${names[raw.kind]}.`,
    `Give it ${names[kind]}.`,
  )
}

/** Blocks of a running text have one length: what reads them goes on from the end. */
function contextOf({ text, dataset }: SinglePreparation): number | null {
  const [length] = dataset.sampleShape
  return text?.text.representation === 'tokens' && typeof length === 'number' ? length : null
}

const names: Record<Given['kind'], string> = {
  image: 'an image',
  text: 'a text',
  row: 'a row of a table',
  sample: 'a sample',
}

/** What a network that was trained with this preparation reads. */
export function kindOf({ text, columns }: Pick<SinglePreparation, 'text' | 'columns'>): InputKind['kind'] {
  return text ? 'text' : columns ? 'row' : 'image'
}

export function inputKind(preparation: SinglePreparation, { sampleShape }: Dataset): InputKind {
  const { text, columns, image, dataset } = preparation
  if (text) {
    const { tokenizer, representation, maximumLength } = text.text
    const longest =
      typeof sampleShape[0] === 'number' && representation === 'tokens' ? sampleShape[0] : maximumLength
    return { kind: 'text', tokenizer: representation === 'bag-of-words' ? 'word' : tokenizer, longest }
  }
  if (columns)
    return {
      kind: 'row',
      cells: columns.map((column) =>
        column.kind === 'number'
          ? { kind: 'number', name: column.name, typical: column.fill ?? column.mean }
          : {
              kind: 'category',
              name: column.name,
              categories: column.categories.flatMap((category) => category ?? []),
            },
      ),
    }
  const [channels, height, width] = sampleShape
  const fixed = typeof height === 'number' && typeof width === 'number'
  return {
    kind: 'image',
    channels: channels === 1 ? 1 : 3,
    size: fixed ? { width, height } : null,
    brightOnDark: (image?.channels ?? channels) === 1 && dataset.mean < 110,
  }
}

/** How a new sample is prepared, in sentences. */
export function preparationWords(preparation: SinglePreparation, dataset: Dataset): string[] {
  const { image, text, columns, buckets } = preparation
  if (text) {
    const { representation, tokenizer, maximumLength } = text.text
    if (representation === 'bag-of-words')
      return [`counts of ${figure(text.vocabulary.length)} words; their order is lost`]
    const longest = typeof dataset.sampleShape[0] === 'number' ? dataset.sampleShape[0] : maximumLength
    return [
      `${tokenizer} tokens, ${figure(text.vocabulary.length)} in the vocabulary`,
      `at most ${figure(longest)} of them`,
    ]
  }
  if (columns)
    return [
      `${figure(columns.length)} columns become ${figure(Number(dataset.sampleShape[0]))} features`,
      'missing values are taken as in training',
    ]
  const [channels, height, width] = dataset.sampleShape
  const colours = channels === 1 ? 'grey' : 'colour'
  const spread = 'brightness as mean 0 and deviation 1 of the training images'
  if (!image) return [`stretched to ${width} x ${height}, ${colours}`, spread]
  const { sizing, longestSide } = image
  const size = {
    resize: `stretched to ${image.width} x ${image.height}`,
    crop: `scaled and cropped to ${image.width} x ${image.height}`,
    letterbox: `fitted into ${image.width} x ${image.height}, the rest filled`,
    keep: `in its own proportions, at most ${longestSide} pixels long${buckets.length > 0 ? ', padded to a size of training' : ''}`,
  }[sizing]
  return [`${size}, ${colours}`, spread]
}
