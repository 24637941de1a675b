/** Every kind of layer there is, in the order of the palette. Adding one is a file beside this and a line here. */
import type { Layer } from '../layer.ts'
import { dropout } from './dropout.ts'
import { flatten } from './flatten.ts'
import { input } from './input.ts'
import { linear } from './linear.ts'
import { output } from './output.ts'
import { relu } from './relu.ts'
import { sigmoid } from './sigmoid.ts'
import { tanh } from './tanh.ts'

export const layers: readonly Layer[] = [input, output, linear, flatten, relu, tanh, sigmoid, dropout]

const byKind = new Map(layers.map((layer) => [layer.kind, layer]))

/** The layer of a kind; undefined for a kind that this build does not know. */
export const layerOf = (kind: string): Layer | undefined => byKind.get(kind)
