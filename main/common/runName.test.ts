import { expect, it } from 'vitest'
import { nameRun } from './runName.ts'
import { defaultTrainConfig } from './training.ts'
import { setting, type Configured } from './settings.ts'
import { chain } from './templates.ts'

const run: Configured = {
  parameters: 7850,
  document: chain('MLP', [
    ['input', 'input'],
    ['relu', 'relu'],
    ['output', 'output'],
  ]),
  config: defaultTrainConfig,
}
const withConfig = (config: Partial<Configured['config']>): Configured => ({
  ...run,
  config: { ...run.config, ...config },
})
const name = (after: Configured): string => nameRun('MLP on mnist', after, run)

it('names the first run by model and data', () => {
  expect(nameRun('MLP on mnist', run, null)).toBe('MLP on mnist')
})

it('names the one thing that changed', () => {
  expect(name(withConfig({ learningRate: 0.0003 }))).toBe('MLP on mnist · lr 0.02 → 3e-4')
})

it('counts what else changed', () => {
  expect(name(withConfig({ learningRate: 0.1, seed: 2, epochs: 9 }))).toBe(
    'MLP on mnist · lr 0.02 → 0.1 + 2 more',
  )
})

it('calls an unchanged setup a repetition, whatever was moved on the canvas', () => {
  const moved = structuredClone(run)
  for (const node of moved.document?.nodes ?? []) node.position.x += 100
  expect(name(moved)).toBe('MLP on mnist · again')
})

it('says when the model changed, by its size where that did', () => {
  expect(name({ ...run, parameters: 15700 })).toBe('MLP on mnist · weights 7,850 → 15,700')
  const tanh = structuredClone(run)
  for (const node of tanh.document?.nodes ?? []) if (node.kind === 'relu') node.kind = 'tanh'
  expect(name(tanh)).toBe('MLP on mnist · layers')
})

it.each([
  [0.02, '0.02'],
  [0.005, '0.005'],
  [0.0003, '3e-4'],
  [0.1 + 0.2, '0.3'],
  [0, '0'],
  [32, '32'],
])('writes the setting %d as it would be typed', (value, text) => expect(setting(value)).toBe(text))
