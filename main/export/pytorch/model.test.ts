import { expect, it } from 'vitest'
import { symbol } from '../../common/dims.ts'
import { documentVersion, type ModelDocument } from '../../common/document.ts'
import type { DataShape } from '../../common/layer.ts'
import { planOf } from '../../common/plan.ts'
import { analyse, classData } from '../../common/shapes.ts'
import { chain, templates } from '../../common/templates.ts'
import { modelCode } from './model.ts'

const texts: DataShape = {
  sample: [symbol('T')],
  content: 'tokens',
  task: 'classify',
  classes: 4,
  vocabulary: 100,
  sizes: { T: { typical: 10, largest: 60 } },
}
const story: DataShape = { ...texts, sample: [64], task: 'next-token', classes: 100, sizes: {} }
const anySize = classData([3, symbol('H'), symbol('W')], 5)
const houses: DataShape = { ...classData([9], 1), task: 'regress' }
const digits = classData([1, 28, 28], 10)
/** What each template is written for. */
const subjects: Readonly<Record<string, DataShape>> = {
  'cnn-any-size': anySize,
  'resnet-18': anySize,
  'lstm-text-classifier': texts,
  'gru-text-classifier': texts,
  'transformer-text-classifier': texts,
  'rnn-sequence-classifier': texts,
  'small-gpt': story,
  'tabular-mlp': houses,
}

const written = (document: ModelDocument, data: DataShape) => {
  const analysis = analyse(document, data)
  expect(analysis.problems).toEqual([])
  return modelCode(planOf(analysis), document)
}

// After a change that `vitest -u` writes anew, main/bench/prove/prove.py says whether it still gives what the engine gives.
it.each(templates().map(({ id }) => id))('%s is written as before', async (id) => {
  const data = subjects[id] ?? digits
  const document = templates(data).find((template) => template.id === id)?.document
  if (!document) throw new Error(`no template ${id}`)
  await expect(written(document, data).text).toMatchFileSnapshot(`golden/${id}.py`)
})

it('copies of a block that differ are classes of their own, shared weights are tied', () => {
  const document = chain('tied', [
    ['in', 'input'],
    ['embed', 'embedding', { dimension: 8, vocabulary: 100 }],
    ['class', 'linear', { outFeatures: 8 }],
    ['back', 'linear', { outFeatures: 100, bias: false }],
    ['out', 'output'],
  ])
  document.blocks.push({
    id: 'part',
    name: 'A part',
    nodes: ['class'],
    parent: null,
    repeat: 2,
    collapsed: false,
  })
  document.ties.push({ node: 'back', weight: 'weight', source: { node: 'embed', weight: 'weight' } })
  const { text, names } = written(document, story)
  expect(text).toContain('self.part = nn.ModuleList([APart() for _ in range(2)])  # A part')
  expect(text).toContain('self.back.weight = self.embed.weight')
  // A word of Python is no name.
  expect(names.get('class@part.2.bias')).toBe('part.1.class_.bias')
  expect(names.has('back.weight')).toBe(false)
})

it('an operator that sums over padding is refused by name', () => {
  const document: ModelDocument = {
    ...chain('sums', [
      ['in', 'input'],
      ['embed', 'embedding', { dimension: 8, vocabulary: 100 }],
      ['mine', 'custom', { inputs: 'input', forward: 'y = sum(input, 1)' }],
      ['head', 'linear', { outFeatures: 4 }],
      ['out', 'output'],
    ]),
    version: documentVersion,
  }
  const analysis = analyse(document, texts)
  expect(() => modelCode(planOf(analysis), document)).toThrow(
    /\(mine\) sums along an axis whose length differs/,
  )
})
