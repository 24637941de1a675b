/** Colour of each group of layers, from the palette of Okabe and Ito (2008) that colour-blind people tell apart. */
import type { Layer } from '../../main/common/layer.ts'

export const groupColour: Readonly<Record<Layer['group'], string>> = {
  'Input and output': '#cc79a7',
  Core: '#009e73',
  Activation: '#e69f00',
  Regularise: '#56b4e9',
}

/** For a kind of layer that this build does not know. */
export const unknownColour = '#8a8f99'
