/** What is killed in the middle of a sweep: trains three seeds one after the other, and tells where it is. `node main/killTest/sweepChild.ts WORKSPACE` */
import { defaultTrainConfig } from '../common/training.ts'
import { Bench, template } from '../workbenchFixture.ts'

const [folder = ''] = process.argv.slice(2)
setInterval(() => undefined, 60_000)
const bench = await Bench.open(folder)
const dataset = await bench.importSample('digits')
const checkpoints = { everySteps: 20, everyMinutes: null, keep: 2, bestMetric: null }
await bench.client.sweeps.start({
  spec: {
    document: template('digits-mlp'),
    datasetId: dataset.id,
    config: { ...defaultTrainConfig, epochs: 3, checkpoints },
    dimensions: [],
    method: { kind: 'grid' },
    seeds: 3,
    objective: { metric: 'val/accuracy', direction: 'max' },
  },
})
await bench.until(({ runId, step }) => {
  process.stdout.write(`${JSON.stringify({ runId, step })}\n`)
  return false
})
