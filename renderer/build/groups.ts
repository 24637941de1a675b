/**
 * Colour of each group of layers: hues of Okabe and Ito (2008), which colour-blind people tell apart, and a violet, a
 * brown and a grey beside them. The values for light and dark stand in ui/base.css; a name always stands beside.
 */
import type { LayerGroup } from '../../main/common/layer.ts'

export const groupColour: Readonly<Record<LayerGroup, string>> = {
  'Input and output': 'var(--td-group-ends)',
  Core: 'var(--td-group-core)',
  Convolution: 'var(--td-group-convolution)',
  Pooling: 'var(--td-group-pooling)',
  Sequence: 'var(--td-group-sequence)',
  Attention: 'var(--td-group-attention)',
  Normalise: 'var(--td-group-normalise)',
  Activation: 'var(--td-group-activation)',
  Regularise: 'var(--td-group-regularise)',
  'Join and shape': 'var(--td-group-join)',
  'Your own': 'var(--td-group-own)',
}

/** For a kind of layer that this build does not know. */
export const unknownColour = 'var(--td-faint)'
