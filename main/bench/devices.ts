/**
 * Trains templates some steps on the processor and on the GPU, and compares: every loss, the validation loss, the
 * checkpoint. `TAPE_CUDA_LIBRARY=native/build/libtape_emulated.so` does it without a GPU.
 *
 *     node main/bench/devices.ts [steps] [template ...]
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Dataset } from '../common/data/dataset.ts'
import { dataShape } from '../common/trainable.ts'
import { templates } from '../common/templates.ts'
import type { TrainConfig } from '../common/training.ts'
import { cudaInfo, liveTensors, memoryOn, resetPeakMemory } from '../engine/index.ts'
import { evaluate } from '../training/evaluate.ts'
import { Reporter } from '../training/run/reporter.ts'
import { startingPosition } from '../training/run/cursor.ts'
import { LateSteps } from '../training/run/lateSteps.ts'
import { Trainee } from '../training/run/trainee.ts'
import { importSample, jobOn } from '../training/sampleFixture.ts'

/** Relative to the loss of the processor. */
const tolerance = (template: string): number =>
  // Its 17 batch norms enlarge every rounding: the processor's own kernels for AVX2 and AVX-512 are 1e-4 apart after
  // the second step.
  template === 'resnet-18' ? 1e-3 : 1e-5

const [given = '5', ...wanted] = process.argv.slice(2)
const steps = Number(given)
if (!Number.isInteger(steps) || steps < 1)
  throw new Error(`the number of steps must be a whole one, got ${given}`)
const { available, reason, device } = cudaInfo()
if (!available) throw new Error(`there is no GPU: ${reason}`)
console.log(`${device?.name}: ${steps} steps of each template, losses against the processor's`)

const datasetsFolder = mkdtempSync(join(tmpdir(), 'tapedeck-devices-'))
let apart = 0
try {
  for (const { id, sample } of templates()) {
    if (wanted.length > 0 && !wanted.includes(id)) continue
    const dataset = await importSample(sample, datasetsFolder)
    const cpu = await trained(id, dataset, 'cpu')
    const cuda = await trained(id, dataset, 'cuda')
    const most = Math.max(...cpu.losses.map((loss, i) => Math.abs(cuda.losses[i]! / loss - 1)))
    const same = most <= tolerance(id)
    if (!same) apart++
    console.log(
      `${id.padEnd(28)} ${same ? 'same ' : 'APART'} ${most.toExponential(1)}  ` +
        `loss ${cpu.losses[0]!.toFixed(4)} -> ${cpu.losses.at(-1)!.toFixed(4)}  ` +
        `step ${cpu.ms.toFixed(1)} / ${cuda.ms.toFixed(1)} ms, ${(cuda.peak / 2 ** 20).toFixed(0)} MiB there`,
    )
  }
} finally {
  rmSync(datasetsFolder, { recursive: true, force: true })
}
process.exitCode = apart > 0 ? 1 : 0

async function trained(
  id: string,
  dataset: Dataset,
  where: TrainConfig['device'],
): Promise<{ losses: number[]; ms: number; peak: number }> {
  const found = templates(dataShape(dataset)).find((one) => one.id === id)
  if (!found) throw new Error(`no template ${id}`)
  const config: TrainConfig = { ...found.config, device: where, augmentation: null }
  const before = liveTensors()
  resetPeakMemory()
  const trainee = new Trainee(jobOn(dataset, datasetsFolder, found.document, config))
  try {
    const reporter = new Reporter(0, startingPosition(config), trainee, () => undefined)
    const order = trainee.epoch(config, 1)
    const losses: number[] = []
    const made = new LateSteps(trainee, reporter, ({ loss, count }) => losses.push(loss / count))
    const began = performance.now()
    for (let step = 0; step < steps; step++) {
      const group = [{ rows: order[step % order.length]!, images: null, mix: null }]
      made.step(group)
    }
    made.settle()
    const ms = (performance.now() - began) / steps
    const { model, batches, objective, confusion, predicted } = trainee
    const turn = () => Promise.resolve()
    const scores = await evaluate(model, batches, objective, { confusion: confusion.val, predicted }, turn)
    const count = scores.reduce((sum, one) => sum + one.count, 0)
    losses.push(scores.reduce((sum, one) => sum + one.loss, 0) / count)
    return { losses, ms, peak: memoryOn(trainee.device).peakBytes }
  } finally {
    trainee.dispose()
    const left = liveTensors() - before
    if (left !== 0) console.log(`${id} on ${where}: ${left} tensors are left`)
  }
}
