import { describe, expect, it } from 'vitest'
import { trainedValues } from '../../layer.ts'
import golden from './layers.json' with { type: 'json' }
import { goldenUses } from './goldenUses.ts'

const counts: Readonly<Record<string, number>> = golden.values
const uses = goldenUses()

describe('PyTorch', () => {
  it.each([...new Set(uses.map(({ layer }) => layer.kind))])('%s has as many weights there', (kind) => {
    for (const { layer, inputs, parameters } of uses.filter((use) => use.layer.kind === kind)) {
      const expression = layer.pytorch(inputs, parameters)
      expect(counts, 'run golden/layers.py, it says how').toHaveProperty([expression])
      expect(trainedValues(layer.weights(inputs, parameters)), expression).toBe(counts[expression])
    }
  })
})
