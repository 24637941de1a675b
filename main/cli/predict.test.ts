import { expect, test } from 'vitest'
import { predictCommand } from './predict.ts'

test.each<[string, string[], RegExp]>([
  ['no run', [], /Which run is missing/],
  ['no number', ['best', 'x.png'], /"best" is not the number of a run/],
  ['nothing to predict', ['1'], /nothing to predict/],
  ['two things', ['1', 'x.png', '--text', 'a'], /more than one thing/],
])('%s is wrong usage, before anything is opened', async (_, args, words) => {
  await expect(predictCommand.run(args)).rejects.toThrow(words)
})
