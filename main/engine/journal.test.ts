import { afterEach, describe, expect, test } from 'vitest'
import {
  F,
  heldBytes,
  journal,
  journalEvents,
  liveTensors,
  manualSeed,
  memoryStats,
  optim,
  rand,
  scope,
  zeros,
  type Journal,
  type Tensor,
} from './index.ts'

afterEach(() => expect(liveTensors()).toBe(0))

/** An LSTM cell by hand, unrolled over as many steps as the sequence has. */
function unrolled(weights: readonly Tensor[], length: number): Tensor {
  const [wi, wh] = weights as [Tensor, Tensor]
  let [h, c] = [zeros([2, 4]), zeros([2, 4])]
  for (let t = 0; t < length; t++) {
    const gates = F.linear(rand([2, 3]), wi).add(F.linear(h, wh))
    const [i, f, g, o] = gates.chunk(4, 1) as [Tensor, Tensor, Tensor, Tensor]
    c = f.sigmoid().mul(c).add(i.sigmoid().mul(g.tanh()))
    h = o.sigmoid().mul(c.tanh())
  }
  return h.sum()
}

const cell = (): Tensor[] => [rand([16, 3]).requiresGrad_(), rand([16, 4]).requiresGrad_()]

/** Bytes in use after each line. */
function activeOver({ startBytes, lines }: Journal): number[] {
  const sizes: number[] = []
  let active = startBytes
  return Array.from(lines.event, (event, i) => {
    const value = lines.value[i] as number
    if (event === journalEvents.took) {
      sizes.push(value)
      active += value
    } else if (event === journalEvents.gave) active -= sizes[value] as number
    else if (event === journalEvents.gaveOlder) active -= value
    return active
  })
}

describe('journal', () => {
  test('1. has every node of the tape, and as many as the engine counts', () => {
    scope(() => {
      const weights = cell()
      const before = memoryStats().liveNodes
      let counted = 0
      const { journal: written } = journal(() =>
        scope(() => {
          const loss = unrolled(weights, 20)
          counted = memoryStats().liveNodes - before
          loss.backward()
        }),
      )
      expect(written.nodes.length + written.leaves.length).toBe(counted)
      expect(written.nodes.every(({ reached }) => reached)).toBe(true)
      const entered = Array.from(written.lines.event).filter((event) => event === journalEvents.enters)
      expect(entered).toHaveLength(counted)
    })
  })

  test('2. another length is another graph', () => {
    scope(() => {
      const weights = cell()
      const nodes = (length: number): string[] =>
        journal(() => scope(() => unrolled(weights, length).backward())).journal.nodes.map(({ op }) => op)
      const [short, long] = [nodes(5), nodes(6)]
      const each = (short.length - 1) / 5
      expect(long).toHaveLength(6 * each + 1)
    })
  })

  test('3. memory adds up to the counts of the allocator, peak and all', () => {
    scope(() => {
      const weights = cell()
      let after = 0
      const { journal: written } = journal((mark) => {
        scope(() => unrolled(weights, 10).backward())
        after = memoryStats().activeBytes
        mark(0)
      })
      const active = activeOver(written)
      expect(active.at(-1)).toBe(after)
      const saved = new Set(written.nodes.flatMap(({ saved }) => saved.map(({ storage }) => storage)))
      expect(saved.size).toBeGreaterThan(10)
    })
  })

  test('4. shows the gradients that hooks see, and those of the weights', () => {
    scope(() => {
      const x = rand([3, 4]).requiresGrad_()
      const w = rand([2, 4]).requiresGrad_()
      let hooked: unknown
      const seen = new Map<string, unknown>()
      const { journal: written } = journal(
        () =>
          scope(() => {
            const y = F.linear(x, w).tanh()
            y.registerHook((gradient) => void (hooked = gradient.toArray()))
            y.mul(y).sum().backward()
          }),
        {
          variables: [w],
          look: (node, given, gradients) =>
            void seen.set(
              `${node} ${given}`,
              gradients.map((gradient) => gradient?.toArray() ?? null),
            ),
        },
      )
      expect(written.nodes.map(({ op }) => op)).toEqual(['linear', 'tanh', 'mul', 'sum'])
      expect(seen.get('1 false')).toEqual([hooked])
      expect(seen.get('0 true')).toEqual([x.grad?.toArray(), w.grad?.toArray(), null])
      expect(written.leaves.map(({ variable }) => variable)).toEqual([null, 0])
    })
  })

  test('5. a training that is written down is the same to the last bit', () => {
    const train = (every: number): number[] =>
      scope(() => {
        manualSeed(3)
        const weights = cell()
        const adam = new optim.Adam(weights, { lr: 0.01 })
        for (let step = 0; step < 12; step++) {
          const body = (): void =>
            scope(() => {
              const loss = unrolled(weights, 3 + (step % 4))
              adam.zeroGrad()
              loss.backward()
              adam.step()
            })
          if (every > 0 && step % every === 0) journal(body, { look: (_, __, all) => all[0]?.norm().item() })
          else body()
        }
        adam.dispose()
        return weights.flatMap((weight) => Array.from(weight.detach().toTypedArray() as Float32Array))
      })
    const plain = train(0)
    expect(train(1)).toEqual(plain)
    expect(train(3)).toEqual(plain)
  })

  test('6. ends with an error of the body, and then another can begin', () => {
    expect(() =>
      journal(() => {
        throw new Error('no')
      }),
    ).toThrow('no')
    expect(journal(() => 7).result).toBe(7)
    expect(() => journal(() => journal(() => 1))).toThrow('[journal] a journal is kept already')
    expect(journal(() => 7).journal.nodes).toEqual([])
  })

  test('7. what is held before: weights, room for their gradients, states', () => {
    scope(() => {
      const weights = [rand([64, 16]).requiresGrad_(), rand([64]).requiresGrad_()]
      expect(heldBytes(weights)).toBe(64 * 16 * 4 + 64 * 4)
      const adam = new optim.Adam(weights, { lr: 0.1 })
      expect(heldBytes(weights, { rooms: true })).toBeGreaterThanOrEqual(64 * 17 * 4)
      expect(adam.stateBytes).toBeGreaterThanOrEqual(2 * 64 * 17 * 4)
      adam.dispose()
    })
  })
})
