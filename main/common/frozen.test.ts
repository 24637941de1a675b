import { expect, it } from 'vitest'
import { frozenIn } from './frozen.ts'
import { chain } from './templates.ts'

it('lets go of layers that this model does not have, and of nothing else', () => {
  const document = chain('m', [
    ['in', 'input'],
    ['head', 'linear', { outFeatures: 3 }],
  ])
  const config = { frozen: ['head', 'gone'], epochs: 3 }
  expect(frozenIn(config, document)).toEqual({ frozen: ['head'], epochs: 3 })
  expect(frozenIn({ frozen: [] }, document)).toEqual({ frozen: [] })
})
