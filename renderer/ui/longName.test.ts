import { expect, it } from 'vitest'
import { ends, shortened } from './longName.ts'

it('the end of a long name stays, from where a word begins', () => {
  expect(ends('Digits MLP on digits · lr 0.02 · batch 32')).toEqual([
    'Digits MLP on digits ·',
    ' lr 0.02 · batch 32',
  ])
  expect(ends('resnet18_augmented_twice_lr0.001_seed7')).toEqual([
    'resnet18_augmented',
    '_twice_lr0.001_seed7',
  ])
  expect(ends('a network trained on photographs_of_plankton b')[1]).toHaveLength(20)
  expect(ends('Digits MLP on digits')).toEqual(['Digits MLP on digits', ''])
  expect(ends('')).toEqual(['', ''])
})

it('a shortened name keeps both ends and as many letters as it may have', () => {
  const names = ['learning rate 0.001, seed 1', 'learning rate 0.001, seed 2']
  const cut = names.map((name) => shortened(name, 16))
  expect(cut).toEqual(['learn…01, seed 1', 'learn…01, seed 2'])
  expect(shortened('seed 1', 6)).toBe('seed 1')
})
