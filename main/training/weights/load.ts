/** Weights of a file put into a model that begins to train. */
import { UserError } from '../../common/errors.ts'
import type { ModelDocument } from '../../common/document.ts'
import { noGrad, scope, tensor } from '../../engine/index.ts'
import { modelCode } from '../../export/pytorch/model.ts'
import { matchingWords, matchWeights } from '../../export/weights/match.ts'
import { readWeights } from '../../export/weights/read.ts'
import type { Model } from '../model.ts'

/**
 * Copies what fits; the rest stays as it was drawn.
 * @returns what came of it, in sentences
 * @throws UserError `safetensors/damaged`, `weights/unreadable`, `weights/index`, `weights/other-model`
 */
export function loadWeights(model: Model, document: ModelDocument, path: string): string {
  const { arrays, rounded } = readWeights(path)
  const weights = [...model.tensors].map(([name, { shape }]) => ({ name, shape }))
  const matching = matchWeights(weights, modelCode(model.plan, document).names, arrays)
  const words = matchingWords(matching)
  if (matching.matches.length === 0)
    throw new UserError({
      code: 'weights/other-model',
      what: `Nothing in ${path} fits the model “${document.name}”: ${words}`,
      mend: 'Choose a file with weights of this model, or one that shares layers with it.',
    })
  const byName = new Map(arrays.map((array) => [array.name, array]))
  for (const { key, name, transposed } of matching.matches) {
    const array = byName.get(name)
    const held = model.tensors.get(key)
    if (array && held)
      scope(() =>
        noGrad(() => {
          const values = tensor(array.values, { shape: [...array.shape], device: held.device })
          held.copy_(transposed ? values.transpose(0, 1) : values)
        }),
      )
  }
  const parts = [
    words,
    rounded > 0 && `${rounded} of the file's arrays are float64, and were rounded.`,
    'The optimizer, its schedule and the batches begin anew: such a file holds weights alone.',
  ]
  return parts.filter(Boolean).join(' ')
}
