/** Colour of each group of layers, from the palette of Okabe and Ito (2008) that colour-blind people tell apart. */
import type { Layer } from '../../main/common/layer.ts'

export const groupColour: Readonly<Record<Layer['group'], string>> = {
  'Input and output': '#cc79a7',
  Core: '#009e73',
  Convolution: '#56b4e9',
  Pooling: '#8a8f99',
  Sequence: '#009e73',
  Attention: '#0072b2',
  Normalise: '#8f95b2',
  Activation: '#e69f00',
  Regularise: '#d55e00',
  'Join and shape': '#999999',
  'Your own': '#cc79a7',
}

/** For a kind of layer that this build does not know. */
export const unknownColour = '#8a8f99'
