import { layers } from '../catalogue.ts'
import { randomUses, type Use } from './uses.ts'

/** Not layers of PyTorch: where data enters, and where the loss is taken. */
const ends = ['input', 'output']

/** Uses whose PyTorch expressions are written down in layers.json with the weights they have. */
export const goldenUses = (): readonly Use[] =>
  layers.filter(({ kind }) => !ends.includes(kind)).flatMap((layer) => randomUses(layer, 8, 11, false))
