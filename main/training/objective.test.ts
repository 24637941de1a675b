import { describe, expect, onTestFinished, test } from 'vitest'
import type { Dataset } from '../common/data/dataset.ts'
import { F, scope, tensor, zeros } from '../engine/index.ts'
import type { Model } from './model.ts'
import { figuresOf, objectiveOf, type Objective, scoreOf } from './objective.ts'

const objective = (
  data: Partial<Dataset>,
  parameters: object = {},
  balance: 'none' | 'weights' = 'none',
): Objective => {
  const plan = { output: 'end', steps: [{ id: 'end', parameters }] }
  const made = objectiveOf(
    { targets: [], classes: [], ...data } as unknown as Dataset,
    { plan } as unknown as Model,
    balance,
  )
  onTestFinished(() => made.dispose())
  return made
}

describe('what a model that knows nothing has', () => {
  const even = (rows: number, choices: number) => zeros([rows, choices])

  test.each([
    ['plain', {}, 'none'],
    ['smoothed', { labelSmoothing: 0.1 }, 'none'],
    ['weighted', {}, 'weights'],
  ] as const)('classes: ln K, %s', (_, parameters, balance) => {
    scope(() => {
      const classes = [50, 5, 1].map((train, i) => ({ name: `${i}`, train, validation: 0, test: 0 }))
      const { guess, loss } = objective({ task: 'classify', classes }, parameters, balance)
      const labels = tensor([0, 1, 2, 0, 0], { dtype: 'int64' })
      expect(guess(labels).loss).toBeCloseTo(Math.log(3), 12)
      expect(loss(even(5, 3), labels).item()).toBeCloseTo(Math.log(3), 5)
      expect(guess(labels).words).toBe('a model that knows nothing has 1.099 (ln 3)')
    })
  })

  test('next tokens: ln of the vocabulary, padding left out', () => {
    scope(() => {
      const { guess, loss } = objective({ task: 'next-token', vocabularySize: 6 })
      const next = tensor([[3, 1, 0, 0]], { dtype: 'int64' })
      expect(guess(next).loss).toBeCloseTo(Math.log(6), 12)
      expect(loss(zeros([1, 4, 6]), next).item()).toBeCloseTo(Math.log(6), 5)
    })
  })

  test.each([
    ['squared', {}, 2.5],
    ['Huber', { loss: 'huber' }, 1],
  ])('numbers: what their mean has, %s', (_, parameters, expected) => {
    scope(() => {
      const targets = [{ name: 'price', mean: 7, std: 2 }]
      const { guess } = objective({ task: 'regress', targets }, parameters)
      expect(guess(tensor([[1], [-2]])).loss).toBeCloseTo(expected, 6)
    })
  })
})

describe('what a model is trained to', () => {
  test('classes: cross-entropy and the share of right ones', () => {
    scope(() => {
      const classes = objective({ task: 'classify' })
      const logits = tensor([
        [2, 0],
        [0, 1],
        [3, 0],
      ])
      const labels = tensor([0, 1, 1], { dtype: 'int64' })
      const value = classes.loss(logits, labels).item()
      const expected =
        (Math.log(1 + Math.exp(-2)) + Math.log(1 + Math.exp(-1)) + Math.log(1 + Math.exp(3))) / 3
      expect(value).toBeCloseTo(expected, 5)
      const figures = figuresOf('val', [scoreOf(classes, logits, labels, value)])
      expect(figures.map(([name]) => name)).toEqual(['val/loss', 'val/accuracy'])
      expect(figures[1]![1]).toBeCloseTo(2 / 3, 9)
    })
  })

  test('next tokens: nothing counts where the target is padding', () => {
    scope(() => {
      const tokens = objective({ task: 'next-token' })
      const logits = tensor([
        [
          [0, 0, 5],
          [0, 5, 0],
        ],
        [
          [0, 5, 0],
          [9, 0, 0],
        ],
      ])
      const targets = tensor([2, 1, 2, 0], { dtype: 'int64', shape: [2, 2] })
      const value = tokens.loss(logits, targets).item()
      const counted = tensor([
        [0, 0, 5],
        [0, 5, 0],
        [0, 5, 0],
      ])
      expect(value).toBeCloseTo(F.crossEntropy(counted, tensor([2, 1, 2], { dtype: 'int64' })).item(), 6)
      expect(scoreOf(tokens, logits, targets, value)).toMatchObject({ count: 3, correct: 2, error: null })
    })
  })

  test('numbers: squared or Huber loss, the error in the unit of the target', () => {
    scope(() => {
      const targets = [{ name: 'price', mean: 100, std: 20 }]
      const [output, wanted] = [tensor([[0], [3]]), tensor([[0.5], [0]])]
      const squared = objective({ task: 'regress', targets })
      expect(squared.loss(output, wanted).item()).toBeCloseTo((0.25 + 9) / 2, 6)
      const huber = objective({ task: 'regress', targets }, { loss: 'huber' })
      expect(huber.loss(output, wanted).item()).toBeCloseTo((0.125 + 2.5) / 2, 6)
      const figures = figuresOf('train', [scoreOf(squared, output, wanted, 4.625)])
      expect(figures).toEqual([
        ['train/loss', 4.625],
        ['train/mae', 35],
      ])
    })
  })

  test('label smoothing is what the Output says', () => {
    scope(() => {
      const logits = tensor([[4, 0, 0]])
      const label = tensor([0], { dtype: 'int64' })
      const smooth = objective({ task: 'classify' }, { labelSmoothing: 0.3 }).loss(logits, label).item()
      expect(smooth).toBeCloseTo(F.crossEntropy(logits, label, { labelSmoothing: 0.3 }).item(), 6)
      expect(smooth).toBeGreaterThan(objective({ task: 'classify' }).loss(logits, label).item())
    })
  })

  test('batches of different sizes are weighed by what they hold', () => {
    const scores = [
      { loss: 2, count: 1, correct: 0, error: null },
      { loss: 3, count: 3, correct: 3, error: null },
    ]
    expect(figuresOf('train', scores)).toEqual([
      ['train/loss', 1.25],
      ['train/accuracy', 0.75],
    ])
  })

  const unbalanced = [
    { name: 'ham', train: 6, validation: 1, test: 0 },
    { name: 'spam', train: 2, validation: 1, test: 0 },
  ]
  // -log softmax of the first and of the second class of logits [z, 0].
  const [first, second] = [
    (z: number) => Math.log(1 + Math.exp(-z)),
    (z: number) => Math.log(1 + Math.exp(z)),
  ]
  const three = (): [ReturnType<typeof tensor>, ReturnType<typeof tensor>] => [
    tensor([
      [2, 0],
      [-1, 0],
      [0.5, 0],
    ]),
    tensor([0, 1, 1], { dtype: 'int64' }),
  ]

  test('weighted classes: in training each loss counts N / (K n) of its class, in validation all count alike', () => {
    scope(() => {
      const { loss, plainLoss } = objective({ task: 'classify', classes: unbalanced }, {}, 'weights')
      const [logits, labels] = three()
      const [ham, spam] = [8 / (2 * 6), 8 / (2 * 2)]
      const losses = [first(2), second(-1), second(0.5)] as const
      const weighted = (ham * losses[0] + spam * losses[1] + spam * losses[2]) / (ham + 2 * spam)
      expect(loss(logits, labels).item()).toBeCloseTo(weighted, 6)
      expect(plainLoss(logits, labels).item()).toBeCloseTo((losses[0] + losses[1] + losses[2]) / 3, 6)
    })
  })

  test('mixed images are asked for both classes, each by its share', () => {
    scope(() => {
      const { loss } = objective({ task: 'classify', classes: unbalanced })
      const [logits, labels] = three()
      const others = tensor([1, 1, 0], { dtype: 'int64' })
      const own = (first(2) + second(-1) + second(0.5)) / 3
      const other = (second(2) + second(-1) + first(0.5)) / 3
      const mixed = loss(logits, labels, { targets: others, share: 0.7 }).item()
      expect(mixed).toBeCloseTo(0.7 * own + 0.3 * other, 6)
    })
  })
})
