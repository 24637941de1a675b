/** A run as an ONNX model: the network, what must be known beside it, and how it is used. */
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { ExportedRun, Task } from '../pytorch/project.ts'
import { aboutOf, metadataOf, type Prepared } from './about.ts'
import { writeOnnx } from './file.ts'
import { readme } from './readme.ts'
import { traceDocument } from './trace.ts'

/**
 * Writes `model.onnx`, `model.json`, `README.md` and, where tokens come from one, `tokenizer.json` into a new folder, whole
 * or not at all.
 * @returns bytes written
 * @throws UserError `export/onnx`, `export/onnx-size`, `export/weights`, `safetensors/damaged`, `model/problems`
 */
export async function writeOnnxProject(
  run: ExportedRun,
  prepared: Prepared,
  version: string,
  folder: string,
  { signal, onProgress }: Task,
): Promise<number> {
  // Whatever cannot be said is refused here, before there is a file.
  const model = traceDocument(run.document, run.dataset)
  const about = aboutOf(run, model, prepared)
  await mkdir(dirname(folder), { recursive: true })
  const staging = await mkdtemp(join(dirname(folder), `.${basename(folder)}-`))
  try {
    const texts = Object.entries({
      'model.json': `${JSON.stringify(about, null, 2)}\n`,
      'README.md': readme(run, about),
      ...(prepared.tokenizer ? { 'tokenizer.json': JSON.stringify(prepared.tokenizer) } : {}),
    })
    for (const [name, text] of texts) await writeFile(join(staging, name), text)
    onProgress('Writing the model')
    const bytes = await writeOnnx(join(staging, 'model.onnx'), model, {
      name: run.document.name,
      producerVersion: version,
      weights: run.checkpoint.path,
      metadata: metadataOf(run, about, prepared),
      signal,
    })
    await rename(staging, folder)
    return texts.reduce((sum, [, text]) => sum + Buffer.byteLength(text), bytes)
  } finally {
    await rm(staging, { recursive: true, force: true })
  }
}
