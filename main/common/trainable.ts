/** Whether a document can be trained on a data set; the same answer for the page, the main thread and the worker. */
import type { ModelDocument } from './document.ts'
import { UserError } from './errors.ts'
import type { DataShape } from './layer.ts'
import type { Dataset } from './data/dataset.ts'
import { symbol } from './dims.ts'
import { analyse, unknownData, type Analysis } from './shapes.ts'

/** What shape inference needs to know of a data set; null when none is chosen. */
export function dataShape(dataset: Dataset | null): DataShape {
  if (!dataset) return unknownData
  const { task } = dataset
  const scores = { classify: dataset.classes.length, regress: dataset.targets.length }
  return {
    sample: dataset.sampleShape.map((size) => (typeof size === 'number' ? size : symbol(size))),
    content: dataset.content,
    task,
    classes: task === 'next-token' ? dataset.vocabularySize : scores[task],
    vocabulary: dataset.vocabularySize,
    codes: dataset.codes ?? null,
    sizes: dataset.symbols,
  }
}

/**
 * Shapes of a document on a data set.
 * @throws UserError `model/problems` naming the first problem and how many there are,
 *   `model/nothing-to-train` for a model without weights
 */
export function checkedAnalysis(document: ModelDocument, dataset: Dataset): Analysis {
  const analysis = analyse(document, dataShape(dataset))
  const [first] = analysis.problems
  if (!first) {
    if (analysis.parameters > 0) return analysis
    throw new UserError({
      code: 'model/nothing-to-train',
      what: `The model "${document.name}" has no weights, so there is nothing to train.`,
      mend: 'Add a Linear layer before the Output.',
    })
  }
  const more = analysis.problems.length - 1
  const others = more > 0 ? ` (${more} more ${more === 1 ? 'problem' : 'problems'} there)` : ''
  const example = first.mends[0] ? `, for example: ${first.mends[0].title}` : ''
  throw new UserError({
    code: 'model/problems',
    what: `The model "${document.name}" does not fit the data "${dataset.name}": ${first.message}`,
    mend: `Mend it on the Build page${others}${example}.`,
  })
}
