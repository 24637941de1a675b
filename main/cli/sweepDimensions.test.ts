import { expect, it } from 'vitest'
import { template } from '../workbenchFixture.ts'
import { dimensionsOf } from './sweepDimensions.ts'

const document = template('digits-mlp')
const linear = document.nodes.find(({ kind }) => kind === 'linear')!.id

it('reads lists and ranges of settings and of layers', () => {
  expect(
    dimensionsOf(document, [
      'lr=0.001..0.1:log',
      'batchSize=16, 32,64',
      'optimizer=sgd,AdamW',
      'clipNorm=off,1',
      'nesterov=true,off',
      `${linear}.outFeatures=64..256:3`,
    ]),
  ).toEqual([
    { setting: 'learningRate', values: { kind: 'range', low: 0.001, high: 0.1, scale: 'log', points: 5 } },
    { setting: 'batchSize', values: { kind: 'list', values: [16, 32, 64] } },
    { setting: 'optimizer', values: { kind: 'list', values: ['sgd', 'adamw'] } },
    { setting: 'clipNorm', values: { kind: 'list', values: [null, 1] } },
    { setting: 'nesterov', values: { kind: 'list', values: [true, false] } },
    {
      setting: `layers.${linear}.outFeatures`,
      values: { kind: 'range', low: 64, high: 256, scale: 'linear', points: 3 },
    },
  ])
})

it.each([
  ['lr', 'it needs values'],
  ['lr=', 'it needs values'],
  ['lr=0.1,fast', 'fast is not a number'],
  ['lr=1..2..3', '1..2..3 is no range'],
  ['lr=..2', '..2 is no range'],
  ['lr=0.1..1:lag', ':lag is neither :log nor a number of values'],
  ['optimizer=sdg', 'Optimizer is one of sgd, adam'],
  ['speed=1', '"speed" is no setting that can be swept'],
])('%s is refused: %s', (text, words) => {
  expect(() => dimensionsOf(document, [text])).toThrowError(words)
})
