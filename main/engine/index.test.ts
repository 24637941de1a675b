// What the public face offers, and that every function of it says what it does.
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import * as engine from './index.ts'

test('the public face has the names of PyTorch that programs begin with', () => {
  const { F, optim, ...rest } = engine
  expect(Object.keys(rest)).toEqual(
    expect.arrayContaining(
      'tensor zeros ones full arange rand randn manualSeed Tensor Function scope keep noGrad grad gradcheck liveTensors memoryStats'.split(
        ' ',
      ),
    ),
  )
  expect(Object.keys(optim)).toEqual(expect.arrayContaining(['SGD', 'Adam', 'AdamW']))
  expect(Object.keys(F)).toEqual(
    expect.arrayContaining('linear relu softmax crossEntropy mseLoss dropout layerNorm'.split(' ')),
  )
})

const folder = `${import.meta.dirname}/functional/`
const files = readdirSync(folder).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))

test.each(files)('every function exported by functional/%s has a docstring', (file) => {
  const lines = readFileSync(folder + file, 'utf8').split('\n')
  const bare = lines.flatMap((line, index) => {
    const name = /^export (?:function|const) (\w+)/.exec(line)?.[1]
    return name && !lines[index - 1]?.endsWith('*/') ? [name] : []
  })
  expect(bare).toEqual([])
})
