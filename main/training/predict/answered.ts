/** A model that has trained, asked; where its input does not fit through it, the reason is the input. */
import { UserError } from '../../common/errors.ts'
import type { Tensor } from '../../engine/index.ts'
import type { Extents, Model } from '../model.ts'
import { codeOf } from '../run/trouble.ts'

/**
 * What a trained model gives out. It takes every shape, unless a window of one of its layers is larger than the image.
 * @throws UserError `model/too-small`, `model/too-short`
 */
export function answered(model: Model, inputs: Tensor, extents: Extents): Tensor {
  try {
    return model.forward(inputs, false, extents)
  } catch (error) {
    if (inputs.rank !== 4 || codeOf(error) !== 'TAPE_SHAPE') throw error
    const [, , height = 0, width = 0] = inputs.shape
    throw new UserError(
      {
        code: 'model/too-small',
        what: `An image has ${width} x ${height} pixels once it is prepared, too few for this network: a layer looks at more at once than are left of it.`,
        mend: 'Give it images that are larger, or less narrow.',
      },
      { cause: error },
    )
  }
}
