import { formatShape, multiply } from '../dims.ts'
import {
  inputOf,
  numberParameter,
  type Layer,
  type Mend,
  type Parameters,
  type WeightSpec,
} from '../layer.ts'
import type { TensorMethods } from '../ops.ts'

const sizeOf = (parameters: Parameters): number => numberParameter(parameters, 'size', 8)
const listOf = (parameters: Parameters): string =>
  typeof parameters.categories === 'string' ? parameters.categories.trim() : ''

/** How many numbers each feature may hold, 0 for measured values; null where the text is no such list. */
function cardinalities(parameters: Parameters): number[] | null {
  const parts = listOf(parameters).split(/[\s,]+/)
  const numbers = parts.map(Number)
  return parts.every((part) => /^\d+$/.test(part)) && numbers.every((number) => number <= 10_000_000)
    ? numbers
    : null
}

const widthOf = (codes: readonly number[], size: number): number =>
  codes.reduce((sum, cardinality) => sum + (cardinality > 0 ? size : 1), 0)

/** Neighbours of one kind are taken together: runs of measured values, and every code for itself. */
function runs(codes: readonly number[]): { begin: number; length: number; cardinality: number }[] {
  const found: { begin: number; length: number; cardinality: number }[] = []
  for (const [begin, cardinality] of codes.entries()) {
    const last = found.at(-1)
    if (cardinality === 0 && last?.cardinality === 0) last.length += 1
    else found.push({ begin, length: 1, cardinality })
  }
  return found
}

/** Trained vectors for the categories of a table; numbers pass through. */
export const tableEmbedding: Layer = {
  kind: 'table-embedding',
  title: 'Table embedding',
  group: 'Core',
  help: 'Gives every category of a table a trained vector, and passes its numbers on. For tables whose categories are read as numbers; categories used alike end up with vectors alike.',
  formula: 'y = [x₁, W₂[x₂], x₃, ...]',
  source: {
    title: 'Guo & Berkhahn, Entity Embeddings of Categorical Variables',
    url: 'https://arxiv.org/abs/1604.06737',
  },
  keywords: ['table', 'category', 'categorical', 'embedding', 'entity', 'tabular', 'code'],
  fields: [
    {
      type: 'integer',
      key: 'size',
      title: 'Size',
      help: 'Numbers in the vector of each category.',
      default: 8,
      minimum: 1,
      maximum: 1024,
    },
    {
      type: 'text',
      key: 'categories',
      title: 'Categories',
      help: 'How many numbers each feature may hold, in their order, 0 for measured values: 0, 0, 5, 12. Leave empty to follow the data.',
      default: '',
      lines: 1,
      longest: 20_000,
      advanced: true,
    },
  ],
  inputs: ['input'],
  outputs: ['output'],
  widthKey: () => null,
  withData: (parameters, { codes }) =>
    codes && listOf(parameters) === '' ? { ...parameters, categories: codes.join(', ') } : parameters,
  summary(parameters) {
    const embedded = cardinalities(parameters)?.filter((cardinality) => cardinality > 0).length
    const size = `${sizeOf(parameters)} wide`
    return embedded === undefined ? size : `${embedded} categorical · ${size}`
  },
  shape(inputs, parameters, { node, data }) {
    const shape = inputOf(inputs)
    const width = shape[1]
    if (shape.length !== 2 || typeof width !== 'number')
      return { error: { message: `expects B x features, gets ${formatShape(shape)}`, mends: [] } }
    const follow: Mend[] =
      data.codes?.length === width
        ? [{ kind: 'set-parameter', title: 'Follow the data', node, key: 'categories', value: '' }]
        : []
    if (listOf(parameters) === '') {
      if (data.sample === null)
        return {
          error: {
            message: 'waits for data: choose a table with categories as numbers, or list them here',
            mends: [],
            incomplete: true,
          },
        }
      return {
        error: {
          message: 'the data has no categories that are numbers: there is nothing to embed',
          mends: [{ kind: 'set-bypass', title: 'Bypass it', node, bypass: true }],
        },
      }
    }
    const codes = cardinalities(parameters)
    if (!codes)
      return {
        error: { message: `"${listOf(parameters).slice(0, 60)}" is no list of whole numbers`, mends: follow },
      }
    if (codes.length !== width)
      return {
        error: { message: `lists ${codes.length} features, gets ${formatShape(shape)}`, mends: follow },
      }
    const small = codes.findIndex((cardinality, at) => {
      const wanted = data.codes?.[at] ?? 0
      return wanted > 0 && cardinality > 0 && cardinality < wanted
    })
    if (small >= 0)
      return {
        error: {
          message: `feature ${small + 1} has vectors for ${codes[small]} numbers, but the data has ${data.codes![small]}`,
          mends: follow,
        },
      }
    return { outputs: { output: [shape[0]!, widthOf(codes, sizeOf(parameters))] } }
  },
  // Number 0 is what training has not seen: a zero vector, unless training has rare categories that share it.
  weights(_inputs, parameters): WeightSpec[] {
    const size = sizeOf(parameters)
    return (cardinalities(parameters) ?? []).flatMap((cardinality, at) =>
      cardinality === 0
        ? []
        : [
            {
              name: `weight${at}`,
              shape: [cardinality, size],
              initial: { kind: 'normal', std: 1, zeroRow: 0 } as const,
            },
          ],
    )
  },
  forward({ ops, inputs, weights, parameters }) {
    const x = inputOf(inputs)
    const parts = runs(cardinalities(parameters) ?? []).map(({ begin, length, cardinality }) => {
      const features = x.narrow(1, begin, length)
      if (cardinality === 0) return features
      // What is no number of the table is unknown: the nearest end would be another category.
      const code = features.select(1, 0)
      const known = ops.where(code.lt(cardinality - 0.5), code, 0)
      return ops.embedding(ops.toIndex(known.clamp(0)), inputOf(weights, `weight${begin}`))
    })
    return { output: joined(ops, parts) }
  },
  // Nothing is computed; the ids (8 bytes each) are kept.
  cost: (_inputs, parameters) => ({
    flops: 0,
    keeps: { inputs: [], outputs: [] },
    extraBytes: multiply(
      8,
      (cardinalities(parameters) ?? []).filter((cardinality) => cardinality > 0).length,
    ),
  }),
  pytorch(_inputs, parameters) {
    const size = sizeOf(parameters)
    const parts = (cardinalities(parameters) ?? []).map((cardinality) =>
      cardinality > 0 ? `nn.Embedding(${cardinality}, ${size})` : 'nn.Identity()',
    )
    const forward =
      'lambda self, x: torch.cat([m(x[:, i].long()) if isinstance(m, nn.Embedding) else x[:, i:i + 1] for i, m in enumerate(self)], 1)'
    return `type("TableEmbedding", (nn.ModuleList,), {"forward": ${forward}})([${parts.join(', ')}])`
  },
  exported(_inputs, parameters) {
    const codes = cardinalities(parameters) ?? []
    return {
      module: `layers.TableEmbedding(${sizeOf(parameters)}, categories=(${codes.map((code) => `${code},`).join(' ')}))`,
      names: Object.fromEntries(
        codes.flatMap((code, at) => (code > 0 ? [[`weight${at}`, `embeddings.${at}.weight`]] : [])),
      ),
    }
  },
}

const joined = <T extends TensorMethods<T>>(
  ops: { cat(tensors: readonly T[], dim?: number): T },
  parts: readonly T[],
): T => (parts.length === 1 && parts[0] ? parts[0] : ops.cat(parts, 1))
