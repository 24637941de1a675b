import {
  floorDivide,
  formatDim,
  formatShape,
  isSymbolic,
  multiply,
  sameDim,
  type Dim,
  type Shape,
} from '../dims.ts'
import {
  inputOf,
  noCost,
  sampleShape,
  type Layer,
  type Mend,
  type Parameters,
  type ShapeError,
} from '../layer.ts'

const sizesOf = ({ sizes }: Parameters): readonly number[] => (Array.isArray(sizes) ? sizes : [-1])

const formatSizes = (sizes: readonly number[]): string =>
  sizes.map((size) => (size === -1 ? '?' : size)).join(' x ')

/** A sample's values laid out in other sizes. */
export const reshape: Layer = {
  kind: 'reshape',
  title: 'Reshape',
  group: 'Join and shape',
  help: 'Lays the values of each sample out in other sizes, in the same order. One size may be −1: as much as is left. The batch stays as it is.',
  formula: 'B x 784 → B x 28 x 28',
  source: {
    title: 'torch.reshape',
    url: 'https://docs.pytorch.org/docs/stable/generated/torch.reshape.html',
  },
  keywords: ['view', 'unflatten', 'rearrange', 'sizes'],
  fields: [
    {
      type: 'integers',
      key: 'sizes',
      title: 'Sizes of a sample',
      help: 'Such as 28 28, or −1 28 for as many rows of 28 as there are.',
      default: [-1],
      minimum: -1,
      maximum: 16777216,
      longest: 5,
    },
  ],
  inputs: ['input'],
  outputs: ['output'],
  takes: 'either',
  view: true,
  widthKey: () => null,
  summary: (parameters) => `to ${formatSizes(sizesOf(parameters))}`,
  shape(inputs, parameters, { node }) {
    const shape = inputOf(inputs)
    const laidOut = layOut(sampleShape(shape), sizesOf(parameters), node)
    if ('message' in laidOut) return { error: laidOut }
    return { outputs: { output: [...shape.slice(0, 1), ...laidOut] } }
  },
  weights: () => [],
  forward({ inputs, parameters }) {
    const x = inputOf(inputs)
    return { output: x.reshape([x.shape[0] ?? 1, ...sizesOf(parameters)]) }
  },
  cost: () => noCost,
  pytorch: (_inputs, parameters) => `lambda x: x.reshape(x.shape[0], ${sizesOf(parameters).join(', ')})`,
}

const product = (sizes: readonly number[]): number => sizes.reduce((a, b) => a * b, 1)

function layOut(sample: Shape, sizes: readonly number[], node: string): readonly Dim[] | ShapeError {
  const open = sizes.indexOf(-1)
  const set = (value: number[]): Mend => ({
    kind: 'set-parameter',
    title: `Set sizes to ${formatSizes(value)}`,
    node,
    key: 'sizes',
    value,
  })
  if (sizes.includes(0) || open !== sizes.lastIndexOf(-1))
    return {
      message: `has sizes ${sizes.join(' x ')}; they must be 1 or more, and one of them may be −1`,
      mends: [set([-1])],
    }
  const total = multiply(...sample)
  const given = product(sizes.filter((size) => size !== -1))
  const rest = floorDivide(total, given)
  if (!sameDim(multiply(rest, given), total) || (open < 0 && rest !== 1)) {
    const counted = open < 0 ? ` = ${given}` : ''
    // The first size gives way, if what is left then comes out.
    const others = sizes.slice(1)
    const loose =
      sizes.length > 1 && sameDim(multiply(floorDivide(total, product(others)), product(others)), total)
    return {
      message: `lays out ${formatSizes(sizes)}${counted} values a sample, but gets ${formatShape(sample)} = ${formatDim(total)}`,
      mends: [set(open < 0 && loose ? [-1, ...others] : [-1])],
    }
  }
  // Samples that fill an axis to different lengths keep their padding at its end only if that axis stays in its place.
  const varying = sample.findIndex(isSymbolic)
  if (varying >= 0) {
    const before = sample.slice(0, varying)
    if (product(sizes.slice(0, open)) !== multiply(...before))
      return {
        message: `lays ${formatShape(sample)} out as ${formatSizes(sizes)}, which cuts across ${formatDim(sample[varying] as Dim)}; the open size must begin where that does`,
        mends: [set([...before.map(Number), -1])],
      }
  }
  return sizes.map((size) => (size === -1 ? rest : size))
}
