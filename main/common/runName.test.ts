import { expect, it } from 'vitest'
import { nameRun, type NamedSetup } from './runName.ts'
import { defaultTrainConfig } from './schemas.ts'
import { chain } from './templates.ts'

const setup: NamedSetup = {
  datasetName: 'mnist',
  document: chain('MLP', [
    ['input', 'input'],
    ['output', 'output'],
  ]),
  config: defaultTrainConfig,
}
const withConfig = (config: Partial<NamedSetup['config']>): NamedSetup => ({
  ...setup,
  config: { ...setup.config, ...config },
})

it('names the first run by model and data', () => {
  expect(nameRun(setup, null)).toBe('MLP on mnist')
})

it('names the one thing that changed', () => {
  expect(nameRun(withConfig({ learningRate: 0.1 }), setup)).toBe('MLP on mnist · lr 0.05 → 0.1')
})

it('counts what else changed', () => {
  expect(nameRun(withConfig({ learningRate: 0.1, seed: 2, epochs: 9 }), setup)).toBe(
    'MLP on mnist · lr 0.05 → 0.1 + 2 more',
  )
})

it('calls an unchanged setup a repetition, whatever was moved on the canvas', () => {
  const moved = structuredClone(setup)
  for (const node of moved.document.nodes) node.position.x += 100
  expect(nameRun(moved, setup)).toBe('MLP on mnist · again')
})

it('says when the architecture changed', () => {
  const other = {
    ...setup,
    document: chain('MLP', [
      ['input', 'input'],
      ['relu', 'relu'],
      ['output', 'output'],
    ]),
  }
  expect(nameRun(other, setup)).toBe('MLP on mnist · architecture')
})
