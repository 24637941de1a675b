/**
 * What a layer file defines: the whole truth about one kind of layer, used by the palette, the parameter
 * form, shape inference (page and worker), the forward pass, cost and export. Adding a layer is adding one
 * file in `layers/` and one line in `layers/catalogue.ts`.
 */
import type { Parameter } from './document.ts'
import type { Dim, Shape } from './dims.ts'
import type { Ops, TensorMethods } from './ops.ts'

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
  /** One integer for every axis (3) or one for each (3 x 5); `axes` is how many there are. */
  | FieldOf<'sizes', { axes: number; minimum: number; maximum: number }>
  /** A list of integers of any length up to `longest`, such as the sizes of a Reshape. */
  | FieldOf<'integers', { minimum: number; maximum: number; longest: number }>
  /** Free text, checked by the layer itself; `lines` is the height of its box. */
  | FieldOf<'text', { lines: number; longest: number }>

type FieldOf<Type extends string, Extra> = {
  type: Type
  key: string
  title: string
  /** One line under the field. */
  help: string
  default: Parameter
  /** Rarely changed: folded away until asked for. */
  advanced?: true
  /** The field has a meaning only where this holds. */
  appliesTo?: (parameters: Parameters) => boolean
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
  | { kind: 'set-bypass'; title: string; node: string; bypass: boolean }
  | { kind: 'rename'; title: string; node: string; name: string }
  | { kind: 'remove-wires'; title: string; wires: readonly string[] }
  | { kind: 'untie'; title: string; node: string; weight: string }

export interface ShapeError {
  /** One sentence that names the shapes: "expects B x 100, gets B x 784". */
  message: string
  mends: readonly Mend[]
  /** True where nothing is wrong yet, only missing: a wire not drawn, data not chosen. */
  incomplete?: boolean
  /** Node whose error says the same: a loop is listed once. */
  toldBy?: string
}

export type ShapeResult = { outputs: Readonly<Record<string, Shape>> } | { error: ShapeError }

/** What a tensor's numbers are: measured values (float32) or token ids (int64), which only an Embedding reads. */
export type Content = 'values' | 'tokens'

/** `classify`: one score per class. `regress`: one number per target. `next-token`: scores for every position. */
export type Task = 'classify' | 'regress' | 'next-token'

/** What is known about the data a document will be trained on; null parts are not known yet. */
export interface DataShape {
  /** One sample without the batch axis; sizes that differ from sample to sample are symbols (`T`, `H`, `W`). */
  sample: Shape | null
  content: Content
  task: Task
  /** Scores that the Output needs: classes, targets, or the vocabulary of `next-token`. */
  classes: number | null
  /** Distinct token ids; null for values. */
  vocabulary: number | null
  /** Of a table with categories as numbers: how many numbers each feature may hold, 0 for measured values. */
  codes?: readonly number[] | null
  /** What the symbols of `sample` are: in the middle of the data, and at most. */
  sizes: Readonly<Record<string, { typical: number; largest: number }>>
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
  /** `uniform` draws from U(-bound, bound), `normal` from N(0, std^2); the others are what they say. */
  initial:
    | { kind: 'uniform'; bound: number }
    /** `zeroRow` of the first axis starts at zero: the padding row of an embedding. */
    | { kind: 'normal'; std: number; zeroRow?: number }
    | { kind: 'zeros' }
    | { kind: 'ones' }
    /** Row-major, as many as the shape holds. */
    | { kind: 'values'; values: ArrayLike<number> }
  /** Not trained, but part of the model: running statistics, fixed tables. */
  buffer?: true
}

export interface Cost {
  /** Floating-point operations of the forward pass for one sample; a multiply-add counts two. */
  flops: Dim
  /** What backward needs again, for one sample: tensors at ports (counted once, whoever else keeps them too)... */
  keeps: { inputs: readonly string[]; outputs: readonly string[] }
  /** ...and bytes beside them: gates of an LSTM, indices of a max pool. */
  extraBytes: Dim
  /** Bytes that its own backward needs for a while beside all that: gradients inside the layer. None unless given. */
  backwardBytes?: Dim
}

export interface Layer {
  kind: string
  title: string
  group: LayerGroup
  /** A sentence or two for somebody who meets the layer for the first time. */
  help: string
  /** In plain text: `y = x Wᵀ + b`. */
  formula: string
  /** Where the formula comes from. */
  source: { title: string; url: string }
  /** Other names that the palette's search should find. */
  keywords: readonly string[]
  fields: readonly Field[]
  /** Ports; a function where a parameter says how many (read them with `inputPorts` and `outputPorts`). */
  inputs: Ports
  outputs: Ports
  /** What it can read; `values` unless said. `either` passes on what it got. */
  takes?: Content | 'either'
  /** Its output is its input in another shape: no memory of its own. */
  view?: true
  /** Not in the palette: made by rewrites only. */
  hidden?: true
  /** Fills in what its parameters leave to the data: an empty vocabulary. Every other function gets the result. */
  withData?(parameters: Parameters, data: DataShape): Parameters
  /** The two or three parameters that matter, for the node on the canvas: "256 outputs". */
  summary(parameters: Parameters): string
  /** Output shapes from input shapes; called with every input present. */
  shape(inputs: Readonly<Record<string, Shape>>, parameters: Parameters, context: ShapeContext): ShapeResult
  weights(inputs: Readonly<Record<string, Shape>>, parameters: Parameters): readonly WeightSpec[]
  /**
   * Parameter that decides the width of the first output's last axis. A function's null: the layer decides it, but
   * not by one parameter. Left out by layers that pass their input's width on.
   */
  widthKey?: string | ((parameters: Parameters) => string | null)
  /**
   * Tensors by output port. It also runs over tensors without numbers, to be written as ONNX, where a size may be known
   * only later: it passes sizes of tensors on and does not reckon with those that vary.
   */
  forward<T extends TensorMethods<T>>(call: ForwardCall<T>): Readonly<Record<string, T>>
  cost(inputs: Readonly<Record<string, Shape>>, parameters: Parameters): Cost
  /** The same layer in PyTorch, as an expression: `nn.Linear(784, 256)`. */
  pytorch(inputs: Readonly<Record<string, Shape>>, parameters: Parameters): string
  /** As an exported project writes it, where `pytorch` alone would not compute the same. */
  exported?(inputs: Readonly<Record<string, Shape>>, parameters: Parameters): ExportedModule
}

/** A module of an exported PyTorch project that knows of true lengths, or of our axes; see resources/pytorch/layers.py. */
export interface ExportedModule {
  /** Its constructor: `layers.LSTM(64, 128, batch_first=True)`. */
  module: string
  /** True lengths that it is called with after its inputs, in this order. */
  lengths?: readonly { port: string; axis: number }[]
  /** Names of weights inside the module, where they are others than here. */
  names?: Readonly<Record<string, string>>
}

/** A call with more arguments; those that are false are left out. */
export const withOptions = (call: string, ...options: readonly (string | false)[]): string =>
  `${call.slice(0, -1)}${options.flatMap((option) => (option === false ? [] : [`, ${option}`])).join('')})`

/** The class of the same name that an exported project has beside PyTorch's. */
export const ownClass = (expression: string): string => expression.replace(/^nn\./, 'layers.')

export interface ForwardCall<T> {
  ops: Ops<T>
  inputs: Readonly<Record<string, T>>
  /** By `WeightSpec.name`, buffers too. */
  weights: Readonly<Record<string, T>>
  parameters: Parameters
  training: boolean
  /**
   * int64 `[B]`: how much of `axis` (1 is the first after the batch) of the input at `port` each sample really fills;
   * null where every sample fills it all. What lies behind is padding and must not reach a result: layers that
   * look along that axis mask it.
   */
  lengths: (port: string, axis: number) => T | null
}

export type LayerGroup =
  | 'Input and output'
  | 'Core'
  | 'Convolution'
  | 'Pooling'
  | 'Sequence'
  | 'Attention'
  | 'Normalise'
  | 'Activation'
  | 'Regularise'
  | 'Join and shape'
  | 'Your own'

export type Ports = readonly string[] | ((parameters: Parameters) => readonly string[])

export const inputPorts = (layer: Layer, parameters: Parameters): readonly string[] =>
  typeof layer.inputs === 'function' ? layer.inputs(parameters) : layer.inputs
export const outputPorts = (layer: Layer, parameters: Parameters): readonly string[] =>
  typeof layer.outputs === 'function' ? layer.outputs(parameters) : layer.outputs

/** For layers that only pass on what they get. */
export const noCost: Cost = { flops: 0, keeps: { inputs: [], outputs: [] }, extraBytes: 0 }

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

/** A `sizes` parameter as one number for each axis. */
export function sizesParameter(
  parameters: Parameters,
  key: string,
  axes: number,
  otherwise: number,
): readonly number[] {
  const value = parameters[key]
  if (Array.isArray(value) && value.length === axes) return value
  const one = Array.isArray(value) ? (value[0] ?? otherwise) : numberParameter(parameters, key, otherwise)
  return new Array<number>(axes).fill(one)
}

/** Trained values of a layer. */
export const trainedValues = (specs: readonly WeightSpec[]): number =>
  specs.reduce((sum, { shape, buffer }) => sum + (buffer ? 0 : shape.reduce((a, b) => a * b, 1)), 0)

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
    case 'sizes': {
      const sizes = Array.isArray(value) ? value : [value]
      const counts = sizes.length === 1 || sizes.length === field.axes
      if (counts && sizes.every((size) => checkRange(field, size, true) === null)) return null
      const each =
        field.axes > 1
          ? `, or ${field.axes} of them such as ${new Array(field.axes).fill(3).join(' x ')}`
          : ''
      return `${field.title} is ${show(value)}; it must be a whole number from ${field.minimum} to ${field.maximum}${each}.`
    }
    case 'integers': {
      const list = Array.isArray(value) ? value : []
      const good =
        list.length > 0 &&
        list.length <= field.longest &&
        list.every((entry) => checkRange(field, entry, true) === null)
      return good
        ? null
        : `${field.title} is ${show(value)}; it must be up to ${field.longest} whole numbers from ${field.minimum} to ${field.maximum}.`
    }
    case 'text':
      return typeof value === 'string' && value.length <= field.longest
        ? null
        : `${field.title} must be text of at most ${field.longest} characters.`
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
