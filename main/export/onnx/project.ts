/** A run as an ONNX model: the network, what must be known beside it, and how it is used. */
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import type { ExportedRun, Task } from '../pytorch/project.ts'
import { aboutOf, metadataOf, type Prepared } from './about.ts'
import { writeOnnx } from './file.ts'
import { readme } from './readme.ts'
import { traceDocument } from './trace.ts'

/**
 * Writes `model.onnx`, `model.json`, `README.md` and, of texts, `vocabulary.json` and `tokenizer.json` into a new folder,
 * whole or not at all.
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
    const tables = await tablesOf(prepared)
    const texts: Record<string, string> = {
      'model.json': `${JSON.stringify(about, null, 2)}\n`,
      'README.md': readme(run, about, prepared),
      ...Object.fromEntries(Object.entries(tables).map(([name, text]) => [`${name}.json`, text])),
    }
    for (const [name, text] of Object.entries(texts)) await writeFile(join(staging, name), text)
    onProgress('Writing the model')
    const bytes = await writeOnnx(join(staging, 'model.onnx'), model, {
      name: run.document.name,
      producerVersion: version,
      weights: run.checkpoint.path,
      metadata: { ...metadataOf(run, about), ...tables },
      signal,
    })
    await rename(staging, folder)
    return Object.values(texts).reduce((sum, text) => sum + Buffer.byteLength(text), bytes)
  } finally {
    await rm(staging, { recursive: true, force: true })
  }
}

/** What may be megabytes as JSON; the thread rests between them. */
async function tablesOf({ vocabulary, tokenizer }: Prepared): Promise<Record<string, string>> {
  const tables: Record<string, string> = {}
  for (const [name, value] of Object.entries({ vocabulary, tokenizer })) {
    if (value === null || value === undefined) continue
    tables[name] = JSON.stringify(value)
    await setImmediate()
  }
  return tables
}
