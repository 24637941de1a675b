/**
 * What is killed: starts a run, or goes on with the one that is there, and tells each state that it hears of.
 * `node main/killTest/child.ts WORKSPACE EPOCHS EVERY_STEPS`
 */
import { defaultTrainConfig } from '../common/training.ts'
import { Bench, template } from '../workbenchFixture.ts'

const [folder = '', epochs = '2', every = '7'] = process.argv.slice(2)
const alive = setInterval(() => undefined, 60_000)
const bench = await Bench.open(folder)
const [run] = await bench.client.runs.list()
const say = (line: object): boolean => process.stdout.write(`${JSON.stringify(line)}\n`)

if (run) await bench.client.training.resumeRun({ runId: run.id })
else {
  const dataset = await bench.importSample('digits')
  const checkpoints = { everySteps: Number(every), everyMinutes: null, keep: 2, bestMetric: null }
  // Learns with a drop, so that there is a generator to be kept.
  await bench.client.training.start({
    document: template('digits-mlp'),
    datasetId: dataset.id,
    config: { ...defaultTrainConfig, epochs: Number(epochs), checkpoints, ema: 0.9 },
    name: null,
  })
}
await bench.until((live) => {
  say({ step: live.step, seconds: live.seconds, stored: live.storedStep, status: live.status })
  return live.status !== 'running' && live.status !== 'paused'
})
await bench.close()
clearInterval(alive)
