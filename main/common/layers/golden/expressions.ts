/**
 * Prints the PyTorch expressions whose weights layers.py counts, as a JSON list:
 * `node main/common/layers/golden/expressions.ts | python main/common/layers/golden/layers.py`
 */
import { goldenUses } from './goldenUses.ts'

const expressions = new Set(
  goldenUses().map(({ layer, inputs, parameters }) => layer.pytorch(inputs, parameters)),
)
process.stdout.write(`${JSON.stringify([...expressions].toSorted())}\n`)
