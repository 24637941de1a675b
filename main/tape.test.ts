/** The tape of a step, through the whole workbench: of a run that trains, that is paused, that has ended. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chain } from './common/templates.ts'
import { metrics } from './common/schemas.ts'
import type { Dataset } from './common/data/dataset.ts'
import type { TapeRecord } from './common/tape/record.ts'
import type { TrainConfig } from './common/training.ts'
import { Bench, template } from './workbenchFixture.ts'

let bench: Bench
let digits: Dataset

beforeAll(async () => {
  bench = await Bench.open()
  digits = await bench.importSample('digits')
})
afterAll(() => bench.remove())

async function paused(config: Partial<TrainConfig>): Promise<number> {
  const runId = await bench.start(digits, { epochs: 1000, ...config })
  await bench.client.training.pause({ runId })
  await bench.until((live) => live.runId === runId && live.status === 'paused')
  return runId
}

async function recorded(runId: number): Promise<TapeRecord> {
  const { id } = await bench.client.tape.record({ runId })
  return bench.client.tape.get({ id })
}

const near = (a: number, b: number): void => expect(Math.abs(a - b)).toBeLessThanOrEqual(1e-4 * Math.abs(b))

describe('the tape of a step', () => {
  it('of a paused run makes one step and leaves it paused; layers, nodes, turns and memory hang together', async () => {
    const runId = await paused({ optimizer: 'adamw' })
    const { step } = await bench.until((live) => live.runId === runId)
    const tape = await recorded(runId)
    expect(tape).toMatchObject({ runId, step: step + 1, source: 'run', batches: 1 })
    const live = await bench.until((now) => now.step === step + 1)
    expect(live.status).toBe('paused')

    expect(tape.layers.map(({ title }) => title)).toContain('Loss')
    expect(tape.listed).toHaveLength(tape.nodes)
    expect(tape.layers.reduce((sum, { count }) => sum + count, 0)).toBe(tape.nodes)
    const turns = tape.listed.map(({ turn }) => turn)
    expect([...turns].sort((a, b) => (a ?? 0) - (b ?? 0))).toEqual(tape.listed.map((_, i) => i))
    expect(turns[0]).toBe(tape.nodes - 1)
    for (const { inputs, id, turn } of tape.listed)
      for (const input of inputs)
        if (input && 'node' in input) {
          expect(input.node).toBeLessThan(id)
          expect(tape.listed[input.node]?.turn).toBeGreaterThan(turn ?? 0)
        }

    const { memory } = tape
    const at = memory.points[memory.peak]
    expect(
      (at?.base ?? 0) + (at?.batch ?? 0) + (at?.saved ?? 0) + (at?.gradients ?? 0) + (at?.passing ?? 0),
    ).toBe(memory.peakBytes)
    expect(memory.holders.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(memory.peakBytes)
    const held = Object.fromEntries(memory.holders.map(({ kind, bytes }) => [kind, bytes]))
    const { parameters } = await bench.client.runs.get({ runId })
    expect(held['weights']).toBeGreaterThanOrEqual(4 * parameters)
    // Two moments of each weight.
    expect(held['optimizer']).toBeGreaterThanOrEqual(8 * parameters)

    // Gradients of weights as the step measured them: their norms together are the run's.
    const squares = await Promise.all(
      tape.listed.flatMap(({ id, inputs }) =>
        inputs.flatMap((input, i) =>
          input && 'leaf' in input
            ? [
                bench.client.tape
                  .gradients({ id: tape.id, node: id })
                  .then(({ gives }) => (gives[i]?.norm ?? 0) ** 2),
              ]
            : [],
        ),
      ),
    )
    await bench.client.training.stop({ runId })
    const norms = await bench.points(runId, metrics.gradientNorm)
    const measured = norms.find(([at]) => at === tape.step)
    if (measured) near(Math.sqrt(squares.reduce((a, b) => a + b, 0)), measured[1])
    const losses = await bench.points(runId, metrics.batchLoss)
    near(tape.loss, losses.find(([at]) => at === tape.step)?.[1] ?? NaN)
    expect(await bench.client.tape.list({ runId })).toMatchObject([{ id: tape.id, step: tape.step }])
  })

  it('of a run that has ended is the step that it would make next, and changes nothing', async () => {
    const runId = await bench.start(digits, { epochs: 1 })
    await bench.ended(runId)
    const before = await bench.client.runs.get({ runId })
    const [first, second] = [await recorded(runId), await recorded(runId)]
    expect(first).toMatchObject({ source: 'checkpoint', step: before.steps + 1 })
    expect(second.loss).toBe(first.loss)
    expect(second.signature).toBe(first.signature)
    expect(await bench.client.runs.get({ runId })).toEqual(before)

    await bench.client.training.resumeRun({ runId, changes: { epochs: 2 } })
    await bench.ended(runId)
    const losses = await bench.points(runId, metrics.batchLoss)
    expect(losses.find(([at]) => at === first.step)?.[1]).toBe(first.loss)
  })

  it('leaves a run as it would have been, to the last bit', async () => {
    const config = { epochs: 5, optimizer: 'adamw', clipNorm: 1, ema: 0.99, probeEvery: 3 } as const
    const document = template('digits-mlp')
    const plainId = await bench.start(digits, config, document)
    await bench.ended(plainId)
    const runId = await bench.start(digits, config, document)
    await bench.client.training.pause({ runId })
    await bench.until((live) => live.runId === runId && live.status === 'paused')
    const steps = new Set<number>()
    for (let i = 0; i < 4; i++) steps.add((await recorded(runId)).step)
    expect(steps.size).toBe(4)
    await bench.client.training.resume({ runId })
    await recorded(runId)
    await bench.ended(runId)
    const [plain, run] = await Promise.all([plainId, runId].map((runId) => bench.client.runs.get({ runId })))
    expect(run?.weightsSha256).toBe(plain?.weightsSha256)
    const curve = (id: number) => bench.points(id, metrics.batchLoss)
    expect(await curve(runId)).toEqual(await curve(plainId))
  })

  it('of an update of several batches is that of the first', async () => {
    const runId = await paused({ batchSize: 16, accumulate: 3 })
    const tape = await recorded(runId)
    expect(tape).toMatchObject({ batches: 3, size: 16 })
    expect(tape.memory.phases.map(({ phase }) => phase)).toEqual([
      'batch',
      'forward',
      'backward',
      'more',
      'update',
    ])
    await bench.client.training.stop({ runId })
  })

  it('shows forks and joins, and a block by its copies', async () => {
    const document = chain('Repeated', [
      ['input', 'input'],
      ['flat', 'flatten'],
      ['first', 'linear', { outFeatures: 24 }],
      ['inner', 'linear', { outFeatures: 24 }],
      ['act', 'tanh'],
      ['logits', 'linear', { outFeatures: 10 }],
      ['output', 'output'],
    ])
    document.blocks.push({
      id: 'b',
      name: 'Block',
      nodes: ['inner', 'act'],
      parent: null,
      repeat: 5,
      collapsed: false,
    })
    const runId = await bench.start(digits, { epochs: 1 }, document)
    await bench.ended(runId)
    const tape = await recorded(runId)
    const copies = tape.layers.flatMap(({ blocks }) => blocks.map(({ copy }) => copy))
    expect(new Set(copies)).toEqual(new Set([1, 2, 3, 4, 5]))
    const inside = tape.layers.flatMap(({ blocks }, i) => (blocks.length > 0 ? [i] : []))
    const [from = 0] = inside
    const to = inside.at(-1) ?? 0
    const what = await bench.client.tape.whatIf({ id: tape.id, from, to })
    expect(what.freedBytes).toBeGreaterThan(0)
    expect(what.peakBytes).toBe(tape.peakBytes)
    expect(what.changedPeakBytes).toBeLessThanOrEqual(what.peakBytes)
  })

  it('refuses what it has not', async () => {
    await expect(bench.client.tape.get({ id: 9999 })).rejects.toMatchObject({
      data: { code: 'tape/unknown' },
    })
    const runId = await bench.start(digits, { epochs: 1 })
    await bench.ended(runId)
    const tape = await recorded(runId)
    const { id } = tape
    await expect(bench.client.tape.gradients({ id, node: 100_000 })).rejects.toMatchObject({
      data: { code: 'tape/unknown-node' },
    })
    await expect(bench.client.tape.whatIf({ id, from: 0, to: tape.layers.length - 1 })).rejects.toMatchObject(
      {
        data: { code: 'tape/unknown-layer' },
      },
    )
    const other = await paused({})
    await expect(bench.client.tape.record({ runId })).rejects.toMatchObject({
      data: { code: 'training/busy' },
    })
    await bench.client.training.stop({ runId: other })
    await bench.client.runs.remove({ runId })
    await expect(bench.client.tape.get({ id })).rejects.toMatchObject({ data: { code: 'tape/unknown' } })
  })
})
