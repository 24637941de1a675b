/**
 * What a layer file defines: the whole truth about one kind of layer, used by the palette, the parameter
 * form, shape inference (page and worker), the forward pass, cost and export. Adding a layer is adding one
 * file in `layers/` and one line in `layers/catalogue.ts`.
 */
import type { Parameter } from './document.ts'
import type { Dim, Shape } from './dims.ts'
import type { Ops } from './ops.ts'

export type Parameters = Readonly<Record<string, Parameter>>

/** One field of the parameter form. */
export type Field =
  | FieldOf<'integer', { minimum: number; maximum: number }>
  /** An integer that may be left empty (null); `emptyMeans` says what then happens: "from the wire". */
  | FieldOf<'optional-integer', { minimum: number; maximum: number; emptyMeans: string }>
  | FieldOf<'number', { minimum: number; maximum: number; step: number }>
  | FieldOf<'boolean', object>
  | FieldOf<'choice', { choices: readonly { value: string; title: string }[] }>
  /** Sizes of one sample such as 1 x 28 x 28; null means `emptyMeans`. */
  | FieldOf<'shape', { emptyMeans: string }>

type FieldOf<Type extends string, Extra> = {
  type: Type
  key: string
  title: string
  /** One line under the field. */
  help: string
  default: Parameter
} & Extra

/** A one-click repair offered with an error. */
export type Mend =
  | { kind: 'set-parameter'; title: string; node: string; key: string; value: Parameter }
  /** Put a new layer on the wire that enters `node` at `port`. */
  | {
      kind: 'insert-before'
      title: string
      node: string
      port: string
      layer: string
      parameters: Parameters
    }

export interface ShapeError {
  /** One sentence that names the shapes: "expects B x 100, gets B x 784". */
  message: string
  mends: readonly Mend[]
  /** True where nothing is wrong yet, only missing: a wire not drawn, data not chosen. */
  incomplete?: boolean
}

export type ShapeResult = { outputs: Readonly<Record<string, Shape>> } | { error: ShapeError }

/** What is known about the data a document will be trained on; null parts are not known yet. */
export interface DataShape {
  /** One sample without the batch axis. */
  sample: Shape | null
  classes: number | null
}

export interface ShapeContext {
  /** Id of the node whose shape is asked for. */
  node: string
  data: DataShape
  /**
   * The node that decides the width of the last axis at `node`'s input (the nearest Linear upstream) with
   * the parameter that sets it; lets an error at the end be mended at its cause.
   */
  widthSource: { node: string; title: string; key: string } | null
}

export interface WeightSpec {
  name: string
  shape: readonly number[]
  /** `uniform` draws from U(-bound, bound); `zeros` and `ones` are constants. */
  initial: { kind: 'uniform'; bound: number } | { kind: 'zeros' } | { kind: 'ones' }
}

export interface Cost {
  /** Trained values. */
  parameters: number
  /** Floating-point operations of the forward pass for one sample; a multiply-add counts two. */
  flops: Dim
  /** Values kept for backward, for one sample. */
  saved: Dim
}

export interface Layer {
  kind: string
  title: string
  group: 'Input and output' | 'Core' | 'Activation' | 'Regularise'
  /** A sentence or two for somebody who meets the layer for the first time. */
  help: string
  /** In plain text: `y = x Wᵀ + b`. */
  formula: string
  /** Where the formula comes from. */
  source: { title: string; url: string }
  /** Other names that the palette's search should find. */
  keywords: readonly string[]
  fields: readonly Field[]
  inputs: readonly string[]
  outputs: readonly string[]
  /** The two or three parameters that matter, for the node on the canvas: "256 outputs". */
  summary(parameters: Parameters): string
  /** Output shapes from input shapes; called with every input present. */
  shape(inputs: Readonly<Record<string, Shape>>, parameters: Parameters, context: ShapeContext): ShapeResult
  weights(inputs: Readonly<Record<string, Shape>>, parameters: Parameters): readonly WeightSpec[]
  /** Parameter that decides the width of the output's last axis, if one does. */
  widthKey?: string
  forward<T>(call: ForwardCall<T>): T
  cost(inputs: Readonly<Record<string, Shape>>, parameters: Parameters): Cost
  /** The same layer in PyTorch, as an expression: `nn.Linear(784, 256)`. */
  pytorch(inputs: Readonly<Record<string, Shape>>, parameters: Parameters): string
}

export interface ForwardCall<T> {
  ops: Ops<T>
  inputs: Readonly<Record<string, T>>
  weights: Readonly<Record<string, T>>
  parameters: Parameters
  training: boolean
}

/** Sizes of one sample (the batch axis left out) multiplied together. */
export const sampleShape = (shape: Shape): Shape => shape.slice(1)

export const inputOf = <T>(inputs: Readonly<Record<string, T>>, port = 'input'): T => {
  const value = inputs[port]
  if (value === undefined) throw new Error(`[layer] input '${port}' is missing`)
  return value
}

/** A numeric parameter, or its default when the document holds something else. */
export const numberParameter = (parameters: Parameters, key: string, otherwise: number): number => {
  const value = parameters[key]
  return typeof value === 'number' && Number.isFinite(value) ? value : otherwise
}

export function defaultParameters(layer: Layer): Record<string, Parameter> {
  return Object.fromEntries(layer.fields.map((field) => [field.key, field.default]))
}

/**
 * What is wrong with one parameter's value, as a sentence; null when nothing is.
 * Forms use it while typing, shape inference before running.
 */
export function checkParameter(field: Field, value: Parameter | undefined): string | null {
  switch (field.type) {
    case 'optional-integer':
      if (value === null) return null
      return checkRange(field, value, true)
    case 'integer':
      return checkRange(field, value, true)
    case 'number':
      return checkRange(field, value, false)
    case 'boolean':
      return typeof value === 'boolean' ? null : `${field.title} is ${show(value)}; it must be on or off.`
    case 'choice': {
      const titles = field.choices.map((choice) => choice.title).join(', ')
      return field.choices.some((choice) => choice.value === value)
        ? null
        : `${field.title} is ${show(value)}; it must be one of ${titles}.`
    }
    case 'shape': {
      if (value === null) return null
      const sizes = Array.isArray(value) ? value : []
      const good = sizes.length > 0 && sizes.length <= 5 && sizes.every((n) => Number.isInteger(n) && n > 0)
      return good ? null : `${field.title} is ${show(value)}; it must be whole sizes such as 1 x 28 x 28.`
    }
  }
}

function checkRange(
  field: { title: string; minimum: number; maximum: number },
  value: Parameter | undefined,
  whole: boolean,
): string | null {
  const good =
    typeof value === 'number' &&
    value >= field.minimum &&
    value <= field.maximum &&
    (!whole || Number.isInteger(value))
  if (good) return null
  const kind = whole ? 'a whole number' : 'a number'
  return `${field.title} is ${show(value)}; it must be ${kind} from ${field.minimum} to ${field.maximum}.`
}

const show = (value: Parameter | undefined): string =>
  value === undefined || value === null || value === ''
    ? 'empty'
    : Array.isArray(value)
      ? value.join(' x ')
      : String(value)
