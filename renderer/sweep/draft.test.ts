import { expect, it } from 'vitest'
import { sweepField } from '../../main/common/sweeps/fields.ts'
import { templates } from '../../main/common/templates.ts'
import { defaultTrainConfig } from '../../main/common/training.ts'
import { emptyDraft, newDimension, specOf, valueNow, type Draft, type DraftDimension } from './draft.ts'

const document = templates().find(({ id }) => id === 'digits-mlp')!.document
const linear = document.nodes.find(({ kind }) => kind === 'linear')!
const subject = { document, datasetId: 'd', config: defaultTrainConfig }
const row = (setting: string, more: Partial<DraftDimension> = {}): DraftDimension => ({
  ...newDimension(sweepField(document, setting), valueNow(subject, setting)),
  ...more,
})
const draft = (more: Partial<Draft> = {}): Draft => ({ ...emptyDraft('val/accuracy'), ...more })

it('begins a row around what the setting is now', () => {
  expect(row('learningRate')).toMatchObject({ kind: 'range', low: '0.002', high: '0.2', log: true })
  expect(row('batchSize')).toMatchObject({ kind: 'list', list: '16, 32, 64' })
  expect(row('momentum').list).toBe('0.09, 0.9, 0.999')
  expect(row('weightDecay').list).toBe('0, 0.01, 0.1')
  expect(row('optimizer').ticked).toContain('AdamW')
  expect(valueNow(subject, `layers.${linear.id}.outFeatures`)).toBe(linear.parameters['outFeatures'])
  expect(valueNow(subject, 'schedule.kind')).toBe('constant')
  expect(valueNow(subject, 'earlyStopping.patience')).toBeNull()
})

it('becomes the sweep that is meant', () => {
  const { spec } = specOf(
    draft({
      dimensions: [
        row('learningRate'),
        row('batchSize', { list: '16 32;64' }),
        row('clipNorm', { list: 'off, 1' }),
        row('optimizer', { ticked: ['SGD', 'AdamW'] }),
      ],
      method: 'halving',
      metric: 'val/loss',
      runs: '7',
      minutes: '1.5',
    }),
    subject,
  )
  expect(spec?.dimensions.map(({ values }) => values)).toEqual([
    { kind: 'range', low: 0.002, high: 0.2, scale: 'log', points: 5 },
    { kind: 'list', values: [16, 32, 64] },
    { kind: 'list', values: [null, 1] },
    { kind: 'list', values: ['sgd', 'adamw'] },
  ])
  expect(spec).toMatchObject({
    method: { kind: 'halving', trials: 20, seed: 1, minEpochs: 1, eta: 3 },
    objective: { metric: 'val/loss', direction: 'min', read: 'best' },
    budget: { runs: 7, minutes: 1.5 },
  })
})

it.each<[string, Partial<Draft>, string]>([
  ['seeds', { seeds: '0' }, 'A whole number from 1 to 100.'],
  ['trials', { method: 'random', trials: '1.5' }, 'A whole number from 1 to 2,000.'],
  ['minutes', { minutes: 'ten' }, 'A number from 0.1 to 1,000,000.'],
])('says what is wrong with %s', (key, more, words) => {
  expect(specOf(draft(more), subject).wrong).toEqual({ [key]: words })
})

it.each<[Partial<DraftDimension>, string]>([
  [{ kind: 'list', list: '0.1, fast' }, '"fast" is not a number.'],
  [{ kind: 'list', list: ' ' }, 'Type the values, such as 16, 32, 64.'],
  [{ low: '' }, 'Type both ends, such as 0.001 and 0.1.'],
  [{ low: '1', high: '0.1' }, 'The first end must be the lower one.'],
  [{ low: '0' }, 'A logarithmic range begins above 0.'],
  [{ points: '1' }, 'From 2 to 200 values.'],
  [{ setting: 'layers.gone.p' }, 'This layer is no longer in the model.'],
])('says what is wrong with a row: %j', (more, words) => {
  const dimension = row('learningRate', more)
  expect(specOf(draft({ dimensions: [dimension] }), subject).wrong).toEqual({ [dimension.id]: words })
})
