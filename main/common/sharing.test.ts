import { describe, expect, it } from 'vitest'
import type { ModelDocument } from './document.ts'
import { removeNodes } from './edit.ts'
import { duplicate } from './fragment.ts'
import { sourceOf, tie, untie, type WeightName } from './sharing.ts'
import { chain } from './templates.ts'

const model = (): ModelDocument =>
  chain('m', [
    ['input', 'input'],
    ['a', 'linear', { outFeatures: 8 }],
    ['b', 'linear', { outFeatures: 8 }],
    ['c', 'linear', { outFeatures: 8 }],
  ])
const weight = (node: string): WeightName => ({ node, weight: 'weight' })
const tied = (document: ModelDocument, use: string, source: string): ModelDocument => {
  const result = tie(document, weight(use), weight(source))
  if ('refused' in result) throw new Error(result.refused)
  return result.document
}

describe('shared weights', () => {
  it('name one source, which the next choice replaces', () => {
    const document = tied(tied(model(), 'c', 'a'), 'c', 'b')
    expect(document.ties).toHaveLength(1)
    expect(sourceOf(document, weight('c'))).toEqual(weight('b'))
    expect(tie(document, weight('c'), weight('b'))).toEqual({ document })
    expect(untie(document, weight('c')).ties).toEqual([])
    expect(untie(document, weight('a'))).toBe(document)
  })

  it('refuse themselves, rings, and layers that are not there', () => {
    const ring = tied(tied(model(), 'c', 'b'), 'b', 'a')
    expect(tie(ring, weight('a'), weight('c'))).toEqual({
      refused: 'Linear 3 already uses weight of Linear: one of the two must keep its own.',
    })
    expect(tie(model(), weight('a'), weight('a'))).toHaveProperty('refused')
    expect(tie(model(), weight('a'), weight('ghost'))).toEqual({
      refused: 'There is no layer ghost to share a weight with.',
    })
  })

  it('go with a layer that is removed, and are copied where both ends are', () => {
    const document = tied(model(), 'c', 'a')
    expect(removeNodes(document, ['a']).ties).toEqual([])
    expect(duplicate(document, ['a', 'c']).document.ties[1]).toEqual({
      node: 'linear-2',
      weight: 'weight',
      source: weight('linear'),
    })
    expect(duplicate(document, ['c']).document.ties).toHaveLength(1)
  })
})
