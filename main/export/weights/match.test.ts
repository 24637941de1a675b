import { expect, it } from 'vitest'
import { matchingWords, matchWeights, type Sized } from './match.ts'

const sized = (shapes: Record<string, number[]>): Sized[] =>
  Object.entries(shapes).map(([name, shape]) => ({ name, shape }))
const model = sized({ 'l1.weight': [4, 3], 'l1.bias': [4], 'l2.weight': [2, 4], 'l2.bias': [2] })
const none = new Map<string, string>()

it('takes weights by their names, also those of an exported project and of wrapped models', () => {
  const file = sized({
    'module.l1.weight': [4, 3],
    'module.l1.bias': [4],
    'head.weight': [2, 4],
    'l2.bias': [2],
  })
  const matching = matchWeights(model, new Map([['l2.weight', 'head.weight']]), file)
  const { matches, missing, wrong, unused } = matching
  expect(matches.map(({ key, name, by }) => [key, name, by])).toEqual([
    ['l1.weight', 'module.l1.weight', 'name'],
    ['l1.bias', 'module.l1.bias', 'name'],
    ['l2.weight', 'head.weight', 'name'],
    ['l2.bias', 'l2.bias', 'name'],
  ])
  expect([missing, wrong, unused]).toEqual([[], [], []])
  expect(matchingWords(matching)).toBe('4 of 4 weights were read; names begin with module. there.')
})

it('a prefix that the model has itself is part of its names', () => {
  const own = sized({ 'model.weight': [2, 2], 'head.weight': [2, 2] })
  const { matches, prefixes } = matchWeights(own, none, sized({ 'model.weight': [2, 2], '_orig_mod.module.head.weight': [2, 2] })) // prettier-ignore
  expect(matches.map(({ key, name }) => [key, name])).toEqual([
    ['model.weight', 'model.weight'],
    ['head.weight', '_orig_mod.module.head.weight'],
  ])
  expect(prefixes).toEqual(['_orig_mod.module.'])
})

it('takes those of other names in their order, and rows for columns where they are', () => {
  const file = sized({
    'net.0.weight': [3, 4],
    'net.0.bias': [4],
    'net.2.weight': [2, 4],
    'net.2.bias': [2],
    'net.1.num_batches_tracked': [],
  })
  const matching = matchWeights(model, none, file)
  expect(matching.matches.map(({ name, transposed, by }) => [name, transposed, by])).toEqual([
    ['net.0.weight', true, 'order'],
    ['net.0.bias', false, 'order'],
    ['net.2.weight', false, 'order'],
    ['net.2.bias', false, 'order'],
  ])
  expect(matchingWords(matching)).toBe('4 of 4 weights were read; 4 of them by their order; 1 transposed.')
})

it('tells what is missing, of another shape, or of no use', () => {
  const matching = matchWeights(model, none, sized({ 'l1.weight': [4, 5], 'l1.bias': [4], extra: [1] }))
  expect(matching.matches).toHaveLength(1)
  expect(matchingWords(matching)).toBe(
    '1 of 4 weights were read; another shape: l1.weight (4 x 5 for 4 x 3); not in the file: l2.weight, l2.bias; not in the model: extra.',
  )
})

it('does not guess past a place where the orders differ', () => {
  const { matches, missing } = matchWeights(model, none, sized({ 'a.weight': [9, 9], 'b.weight': [2, 4] }))
  expect(matches).toEqual([])
  expect(missing).toEqual(['l1.weight', 'l1.bias', 'l2.weight', 'l2.bias'])
})
