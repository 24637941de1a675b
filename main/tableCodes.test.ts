/** A table whose categories are numbers, from the file to a trained model: the numbers go through an embedding. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { metrics } from './common/schemas.ts'
import { Bench } from './workbenchFixture.ts'

let bench: Bench
beforeAll(async () => {
  bench = await Bench.open()
})
afterAll(() => bench.remove())

const towns = ['Ulm', 'Oslo', 'Lima', 'Kyoto', 'Perth', 'Quito']
const goods = ['tea', 'salt', 'silk', 'iron', 'rice']

/** The answer is in the two categories together and in neither alone; the number says nothing. */
function table(rows: number): string {
  const lines = Array.from({ length: rows }, (_, row) => {
    const [town, good] = [row % towns.length, Math.floor(row / 7) % goods.length]
    return `${towns[town]!},${goods[good]!},${(row * 37) % 101},${(town + good) % 2 ? 'dear' : 'cheap'}`
  })
  return ['town,good,weight,price', ...lines].join('\n')
}

test('categories as numbers are learnt through an embedding, beside a measured column', async () => {
  const path = join(bench.folder, 'trade.csv')
  await writeFile(path, table(900))
  const { options } = await bench.client.data.inspect({ path })
  const dataset = await bench.importAs(path, {
    ...options,
    table: { ...options.table!, categories: 'codes' },
  })
  // 0 stands for what training never saw; a measured column has no numbers to look up.
  expect(dataset.codes).toEqual([towns.length + 1, goods.length + 1, 0])

  const offered = await bench.client.models.templates({ datasetId: dataset.id })
  const mlp = offered.find(({ id }) => id === 'tabular-mlp')!
  expect(mlp.fits).toBe(true)
  expect(mlp.document.nodes.map(({ kind }) => kind)).toContain('table-embedding')
  const config = { ...mlp.config, epochs: 12, optimizer: 'adam' as const, learningRate: 0.01 }
  const runId = await bench.start(dataset, config, mlp.document)
  await bench.ended(runId)
  const run = await bench.client.runs.get({ runId })
  expect(run.status).toBe('finished')
  // Half of the rows are dear.
  expect(run.summaries[metrics.valAccuracy]!.last).toBeGreaterThan(0.95)
}, 60_000)
