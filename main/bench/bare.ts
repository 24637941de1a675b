/** A worker that trains as a run does, but tells nobody: what telemetry and probes are measured against. */
import { performance } from 'node:perf_hooks'
import { parentPort, workerData } from 'node:worker_threads'
import { scope } from '../engine/index.ts'
import { evaluate } from '../training/evaluate.ts'
import type { TrainJob } from '../training/protocol.ts'
import { Trainee } from '../training/run/trainee.ts'

const job = workerData as TrainJob
const trainee = new Trainee(job)
const { batches, model, objective, optimizer, confusion } = trainee
const { epochs } = job.config
const started = performance.now()
for (let epoch = 1; epoch <= epochs; epoch++) {
  confusion.train?.clear()
  for (const rows of batches.epoch(job.config, epoch))
    scope(() => {
      const { inputs, extents, targets } = batches.take(rows)
      const output = model.forward(inputs, true, extents)
      const loss = objective.loss(output, targets)
      const value = loss.item()
      optimizer.zeroGrad()
      loss.backward()
      optimizer.step()
      objective.score(output, targets, value, confusion.train)
    })
  await evaluate(model, batches, objective, confusion.val, () => Promise.resolve())
}
const seconds = (performance.now() - started) / 1000
trainee.dispose()
parentPort?.postMessage(seconds)
