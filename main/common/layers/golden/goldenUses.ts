import { layers } from '../catalogue.ts'
import { randomUses, type Use } from './uses.ts'

/** Not layers of PyTorch: where data enters, where the loss is taken, and what a person writes. */
const others = ['input', 'output', 'custom']

/** Uses whose PyTorch expressions are written down in layers.json with the weights they have. */
export const goldenUses = (): readonly Use[] =>
  layers.filter(({ kind }) => !others.includes(kind)).flatMap((layer) => randomUses(layer, 8, 11, false))
