/** Classifier of token sequences of different lengths, Adam: torch/lstm.py is its twin. */
import { autocast, F, full, optim } from '../../../main/engine/index.ts'
import type { DType, Tensor } from '../../../main/engine/index.ts'
import { cycle, indices, Source } from '../source.ts'
import type { Step } from '../source.ts'

interface Options {
  batch: number
  vocabulary?: number
  embedding?: number
  hidden?: number
  layers?: number
  classes?: number
  /** Shortest and longest sequence. */
  lengths?: readonly [number, number]
  lr?: number
  dtype?: DType
  /** Forward under autocast: products in bfloat16. */
  bf16?: boolean
}

interface Weights {
  inputHidden: Tensor
  hiddenHidden: Tensor
  biasInput: Tensor
  biasHidden: Tensor
}

function gates(source: Source, inputs: number, hidden: number): Weights {
  const parameter = (shape: number[]): Tensor => source.weight(shape, hidden)
  return {
    inputHidden: parameter([4 * hidden, inputs]),
    hiddenHidden: parameter([4 * hidden, hidden]),
    biasInput: parameter([4 * hidden]),
    biasHidden: parameter([4 * hidden]),
  }
}

export function lstm(options: Options): Step {
  const { batch, vocabulary = 1000, embedding = 100, hidden = 128, layers = 1, classes = 4 } = options
  const { lengths = [10, 100], lr = 1e-3, dtype = 'float32' } = options
  const source = new Source(dtype)
  const table = source.weight([vocabulary, embedding], embedding)
  const weights = Array.from({ length: layers }, (_, layer) =>
    gates(source, layer === 0 ? embedding : hidden, hidden),
  )
  const weight = source.weight([classes, hidden], hidden)
  const bias = source.zeros([classes])
  const batches = cycle(4, () => {
    const sizes = source.integers(batch, ...lengths)
    const longest = Math.max(...sizes)
    const tokens = source
      .integers(batch * longest, 1, vocabulary - 1)
      .map((token, i) => (i % longest < (sizes[Math.floor(i / longest)] ?? 0) ? token : 0))
    return {
      tokens: indices(tokens, [batch, longest]),
      lengths: indices(sizes),
      y: indices(source.integers(batch, 0, classes - 1)),
    }
  })
  const parameters = [table, ...weights.flatMap((layer) => Object.values(layer) as Tensor[]), weight, bias]
  const adam = new optim.Adam(parameters, { lr })
  const forward = ({ tokens, lengths, y }: ReturnType<typeof batches>): Tensor => {
    const x = F.embedding(tokens, table, { paddingIndex: 0 })
    const last = F.lstm(x, { weights, lengths }).hidden.select(0, layers - 1)
    return F.crossEntropy(F.linear(last, weight, bias), y)
  }
  return () => {
    const some = batches()
    const loss = options.bf16 ? autocast('bfloat16', () => forward(some)) : forward(some)
    adam.zeroGrad()
    loss.backward()
    adam.step()
    return loss
  }
}

/** One sequence, unrolled by hand over a cell. */
export function lstmCell(steps = 50, hidden = 32, lr = 0.05): Step {
  const source = new Source()
  const cell = gates(source, hidden, hidden)
  const xs = Array.from({ length: steps }, () => source.values([1, hidden]))
  const target = source.values([1, hidden])
  const sgd = new optim.SGD(Object.values(cell) as Tensor[], { lr })
  return () => {
    let h = full([1, hidden], 0)
    let c = h
    for (const x of xs) [h, c] = F.lstmCell(x, [h, c], cell)
    const loss = F.mseLoss(h, target)
    sgd.zeroGrad()
    loss.backward()
    sgd.step()
    return loss
  }
}
