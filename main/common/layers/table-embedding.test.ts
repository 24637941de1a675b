import { describe, expect, it } from 'vitest'
import { batch, formatShape } from '../dims.ts'
import type { DataShape, Parameters } from '../layer.ts'
import { analyse, unknownData } from '../shapes.ts'
import { templates } from '../templates.ts'
import { tableEmbedding } from './table-embedding.ts'

const table = (codes: number[] | null, width = codes?.length ?? 4): DataShape => ({
  ...unknownData,
  sample: [width],
  classes: 3,
  codes,
})

function says(given: Parameters, data: DataShape, width: number): string {
  const parameters = tableEmbedding.withData!({ size: 8, categories: '', ...given }, data)
  const inputs = { input: [batch, width] }
  const shaped = tableEmbedding.shape(inputs, parameters, { node: 'node', data, widthSource: null })
  if ('outputs' in shaped) return formatShape(shaped.outputs['output']!)
  const [mend] = shaped.error.mends
  return `${shaped.error.message}${mend ? ` (${mend.title})` : ''}`
}

describe('Table embedding', () => {
  it.each([
    ['follows the data', {}, table([0, 0, 5, 12]), 4, 'B x 18'],
    ['takes a list', { categories: '3 0,7', size: 2 }, table(null, 3), 3, 'B x 5'],
    [
      'waits for data',
      {},
      unknownData,
      3,
      'waits for data: choose a table with categories as numbers, or list them here',
    ],
    [
      'says when there is nothing to embed',
      {},
      table(null),
      4,
      'the data has no categories that are numbers: there is nothing to embed (Bypass it)',
    ],
    [
      'counts the features',
      { categories: '0, 3' },
      table([0, 0, 5]),
      3,
      'lists 2 features, gets B x 3 (Follow the data)',
    ],
    [
      'knows too few numbers',
      { categories: '0, 0, 4' },
      table([0, 0, 5]),
      3,
      'feature 3 has vectors for 4 numbers, but the data has 5 (Follow the data)',
    ],
    [
      'refuses what is no list',
      { categories: '0, many' },
      table([0, 5]),
      2,
      '"0, many" is no list of whole numbers (Follow the data)',
    ],
  ])('%s', (_name, parameters, data, width, expected) => {
    expect(says(parameters, data, width)).toBe(expected)
  })

  it('begins the templates for tables where categories are numbers, and no others', () => {
    const kinds = (data: DataShape, id: string): string[] =>
      templates(data)
        .find((one) => one.id === id)!
        .document.nodes.map(({ kind }) => kind)
    const data = table([0, 0, 5, 12])
    const mlp = templates(data).find(({ id }) => id === 'tabular-mlp')!
    expect(mlp.fits).toBe(true)
    const analysis = analyse(mlp.document, data)
    expect(analysis.problems).toEqual([])
    expect(kinds(data, 'tabular-mlp')).toContain('table-embedding')
    // 5 + 12 vectors of 8, and the first Linear reads 2 numbers and 2 vectors.
    expect(analysis.parameters).toBe((5 + 12) * 8 + (18 + 1) * 64 + (64 + 1) * 32 + (32 + 1) * 3)
    expect(kinds(table(null), 'tabular-mlp')).not.toContain('table-embedding')
    expect(kinds(unknownData, 'tabular-mlp')).not.toContain('table-embedding')
  })
})
