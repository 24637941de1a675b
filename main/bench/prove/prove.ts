/**
 * Trains every template for some steps in the engine and writes it, as it was before the first of them, as a project of
 * PyTorch with a `model.onnx` in it, with what the engine computed in `expected.json` and `first.safetensors`. `prove.py` and
 * `prove_onnx.py` compare:
 *
 *     node main/bench/prove/prove.ts FOLDER [TEMPLATE...] && python main/bench/prove/prove.py FOLDER
 *     python main/bench/prove/prove_onnx.py FOLDER
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { projectRoot } from '../../paths.ts'
import { arrayOf } from '../../training/run/arrays.ts'
import { Trainee } from '../../training/run/trainee.ts'
import { writeOnnx } from '../../export/onnx/file.ts'
import { traceDocument } from '../../export/onnx/trace.ts'
import { modelCode } from '../../export/pytorch/model.ts'
import { writePytorch } from '../../export/pytorch/project.ts'
import { writeSafetensors } from '../../export/safetensors.ts'
import { lossesOf, outputsOf } from './engineFigures.ts'
import { openSubjects } from './subjects.ts'

const steps = 50
const [target, ...wanted] = process.argv.slice(2)
if (!target) throw new Error('Say which folder the projects go into.')
const folder = resolve(target)
rmSync(folder, { recursive: true, force: true })
mkdirSync(folder, { recursive: true })

const subjects = await openSubjects(join(folder, '.workspace'))
for (const id of subjects.ids) {
  if (wanted.length > 0 && !wanted.includes(id)) continue
  const { job } = await subjects.of(id)
  const trainee = new Trainee(job)
  const checkpoint = { path: join(folder, `${id}.start.safetensors`), step: 0, epoch: 0 }
  const tensors = [...trainee.model.tensors]
  writeSafetensors(checkpoint.path, tensors.map(([key, tensor]) => arrayOf(key, tensor)), {}) // prettier-ignore
  const run = { ...job, id: 1, name: id, checkpoint, classWeights: null }
  const quiet = { signal: new AbortController().signal, onProgress: () => undefined }
  const project = join(folder, id)
  await writePytorch(run, project, join(projectRoot(), 'resources', 'pytorch'), quiet)
  const written = { name: id, producerVersion: '', weights: checkpoint.path, metadata: {}, signal: quiet.signal } // prettier-ignore
  await writeOnnx(join(project, 'model.onnx'), traceDocument(job.document, job.dataset), written)

  const { names } = modelCode(trainee.model.plan, job.document)
  const outputs = outputsOf(trainee)
  const losses = lossesOf(trainee, steps, (arrays) => {
    const named = arrays.map((array) => {
      const [what = '', ...key] = array.name.split('.')
      return { ...array, name: `${what}.${names.get(key.join('.')) ?? ''}` }
    })
    writeSafetensors(join(project, 'first.safetensors'), named, {})
  })
  writeFileSync(join(project, 'expected.json'), JSON.stringify({ outputs, losses }))
  trainee.dispose()
  process.stdout.write(
    `${id}: loss ${losses[0]?.toFixed(6)} to ${losses.at(-1)?.toFixed(6)} in ${steps} steps\n`,
  )
}
await subjects.close()
