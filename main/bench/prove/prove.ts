/**
 * Trains every template for some steps in the engine and writes it, as it was before the first of them, as a project of
 * PyTorch with a `model.onnx` in it, with what the engine computed in `expected.json` and `first.safetensors`. `prove.py` and
 * `prove_onnx.py` compare:
 *
 *     node main/bench/prove/prove.ts FOLDER [TEMPLATE...] [--after 20] && python main/bench/prove/prove.py FOLDER
 *     python main/bench/prove/prove_onnx.py FOLDER
 *
 * With `--after` the project is of a checkpoint after so many steps, and has to go on as the engine does.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { projectRoot } from '../../paths.ts'
import { writeCheckpoint } from '../../training/checkpoint.ts'
import type { TrainJob } from '../../training/protocol.ts'
import { startingCursor } from '../../training/run/cursor.ts'
import { capture } from '../../training/run/state.ts'
import { Trainee } from '../../training/run/trainee.ts'
import { writeOnnx } from '../../export/onnx/file.ts'
import { traceDocument } from '../../export/onnx/trace.ts'
import { modelCode } from '../../export/pytorch/model.ts'
import { writePytorch } from '../../export/pytorch/project.ts'
import { writeSafetensors } from '../../export/safetensors.ts'
import { lossesOf, outputsOf, start, type Place } from './engineFigures.ts'
import { openSubjects } from './subjects.ts'

const steps = 50
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { after: { type: 'string', default: '0' } },
})
const [target, ...wanted] = positionals
if (!target) throw new Error('Say which folder the projects go into.')
const folder = resolve(target)
const after = Number(values.after)
rmSync(folder, { recursive: true, force: true })
mkdirSync(folder, { recursive: true })

const subjects = await openSubjects(join(folder, '.workspace'))
for (const id of subjects.ids) {
  if (wanted.length > 0 && !wanted.includes(id)) continue
  const { job } = await subjects.of(id)
  const trainee = new Trainee(job)
  const place = start()
  lossesOf(trainee, after, place)
  const project = join(folder, id)
  await writeProject(
    id,
    project,
    { ...job, checkpointFolder: join(folder, '.checkpoints', id) },
    trainee,
    place,
  )

  const { names } = modelCode(trainee.model.plan, job.document)
  const outputs = outputsOf(trainee)
  const losses = lossesOf(trainee, steps, place, (arrays) => {
    const named = arrays.map((array) => {
      const [what = '', ...key] = array.name.split('.')
      return { ...array, name: `${what}.${names.get(key.join('.')) ?? ''}` }
    })
    if (after === 0) writeSafetensors(join(project, 'first.safetensors'), named, {})
  })
  writeFileSync(join(project, 'expected.json'), JSON.stringify({ outputs, losses }))
  trainee.dispose()
  process.stdout.write(
    `${id}: loss ${losses[0]?.toFixed(6)} to ${losses.at(-1)?.toFixed(6)} in ${steps} steps\n`,
  )
}
await subjects.close()

async function writeProject(
  id: string,
  project: string,
  job: TrainJob,
  trainee: Trainee,
  place: Place,
): Promise<void> {
  const { document, dataset, config } = job
  const { weights, state, facts } = capture(trainee, { ...startingCursor(config), ...place })
  const { path } = writeCheckpoint(job, { name: 'begin', step: place.step, weights, state, facts })
  const checkpoint = { path, step: place.step, epoch: place.epoch }
  const quiet = { signal: new AbortController().signal, onProgress: () => undefined }
  const run = { ...job, id: 1, name: id, checkpoint, classWeights: null }
  await writePytorch(run, project, join(projectRoot(), 'resources', 'pytorch'), quiet)
  const written = { name: id, producerVersion: '', weights: path, metadata: {}, signal: quiet.signal }
  await writeOnnx(join(project, 'model.onnx'), traceDocument(document, dataset), written)
}
