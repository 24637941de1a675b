/** Predicts every sample at a path, some at a time, into a file. */
import { performance } from 'node:perf_hooks'
import { resolve } from 'node:path'
import { UserError } from '../../common/errors.ts'
import type { PredictedFiles, PredictFiles } from '../../common/predict/files.ts'
import type { Progress } from '../../common/schemas.ts'
import { kindOf, rawSource, sampleOf, type RawItem, type SingleSample } from '../../data/index.ts'
import { isOfOneSample } from '../../training/predict/ofOneSample.ts'
import type { Task } from '../../training/questions.ts'
import type { EngineHost } from '../engineHost.ts'
import { inUnits, namesOf, notFinite, softmax } from './answer.ts'
import { PredictionFile, type PredictionLine } from './predictionFile.ts'
import { trainedOf, type Asked } from './trained.ts'

/** Samples that are prepared before they are predicted. */
const window = 64
/** Values of a batch at most; a token becomes a vector of about so many. */
const mostValues = 1 << 20
const valuesOfToken = 64
const listed = 100

/**
 * A sample that cannot be read is told and left out. Cancelled, nothing is left behind.
 * @throws UserError `predict/language-model`, `predict/exists`, `predict/not-written`, and as `rawSource` does
 */
export async function predictFiles(
  asked: Asked,
  asking: PredictFiles,
  engine: EngineHost,
  { signal, onProgress }: Task<Progress>,
): Promise<PredictedFiles> {
  const { dataset, preparation, run } = asked
  const { path, column } = asking
  const out = resolve(asking.out)
  if (dataset.task === 'next-token')
    throw new UserError({
      code: 'predict/language-model',
      what: `"${run.name}" goes on with a text; it has no answer for each of many.`,
      mend: 'Generate with it on the Try page.',
    })
  const began = performance.now()
  const source = await rawSource(path, kindOf(preparation), {
    column,
    usual: [dataset.options.columns?.input ?? [], 'text'].flat(),
    features: preparation.columns?.map(({ name }) => name) ?? [],
  })
  const names = namesOf(dataset, [])
  const regress = dataset.task === 'regress'
  const file = new PredictionFile({ ...asking, out }, names, regress)
  const counts = new Map<string, number>()
  const problems: PredictedFiles['problems'] = []
  const told = { predicted: 0, problemCount: 0 }

  const lineOf = (item: string, output: Float32Array): PredictionLine => {
    const values = regress ? inUnits(output, dataset.targets) : [...softmax(output)]
    const outputs = Object.fromEntries(names.map((name, at) => [name, values[at] ?? NaN]))
    if (regress) return { item, problem: null, answer: { prediction: values, probability: null, outputs } }
    const best = values.indexOf(Math.max(...values))
    const prediction = names[best] ?? ''
    counts.set(prediction, (counts.get(prediction) ?? 0) + 1)
    return { item, problem: null, answer: { prediction, probability: values[best] ?? 0, outputs } }
  }
  const write = async (some: readonly RawItem[]): Promise<void> => {
    const lines = await Promise.all(some.map((one) => prepared(one, asked)))
    const ready = lines.flatMap((line, at) => ('sample' in line ? [{ ...line, at }] : []))
    const outputs = new Map<number, Float32Array>()
    const refused = new Map<number, string>()
    const predict = async (batch: typeof ready): Promise<void> => {
      signal.throwIfAborted()
      try {
        const answer = await engine.ask('predict', {
          trained: trainedOf(asked),
          samples: batch.map(({ sample: { values, shape } }) => ({ values, shape })),
          explain: null,
        })
        batch.forEach(({ at }, i) => outputs.set(at, answer.outputs[i] ?? new Float32Array()))
      } catch (error) {
        if (!isOfOneSample(error)) throw error
        const [{ at } = { at: 0 }] = batch
        if (batch.length === 1) refused.set(at, error.what)
        // Which of them it was is not said.
        else for (const one of batch) await predict([one])
      }
    }
    for (const batch of batchesOf(ready)) await predict(batch)
    lines.forEach((line, at) => {
      const output = outputs.get(at)
      const reason =
        'problem' in line ? line.problem : (refused.get(at) ?? (output && notFinite(output)?.what))
      if (output && reason === undefined) {
        told.predicted++
        file.add(lineOf(line.item, output))
        return
      }
      told.problemCount++
      if (problems.length < listed) problems.push({ item: line.item, reason: reason ?? '' })
      file.add({ item: line.item, answer: null, problem: reason ?? '' })
    })
    await file.flush()
    onProgress({ done: told.predicted + told.problemCount, total: source.total, note: 'Predicting' })
  }

  await file.begin()
  try {
    let held: RawItem[] = []
    for await (const one of source.items()) {
      signal.throwIfAborted()
      held.push(one)
      if (held.length < window) continue
      await write(held)
      held = []
    }
    if (held.length > 0) await write(held)
    await file.finish()
  } catch (error) {
    await file.abandon()
    throw error
  }
  return {
    out,
    ...told,
    problems,
    counts: [...counts].map(([name, count]) => ({ name, count })).sort((a, b) => b.count - a.count),
    seconds: (performance.now() - began) / 1000,
  }
}

type Line = { item: string; sample: SingleSample } | { item: string; problem: string }

async function prepared({ item, raw, problem }: RawItem, { preparation }: Asked): Promise<Line> {
  if (!raw) return { item, problem: problem ?? 'it cannot be read' }
  try {
    return { item, sample: await sampleOf(raw, preparation, false) }
  } catch (error) {
    if (error instanceof UserError) return { item, problem: error.what }
    throw error
  }
}

/** Samples of one shape together, tokens of any length; never more values than fit. */
function batchesOf<T extends { sample: SingleSample }>(ready: readonly T[]): T[][] {
  const batches: T[][] = []
  const open = new Map<string, T[]>()
  for (const one of ready) {
    const key = one.sample.values instanceof Int32Array ? 'tokens' : one.sample.shape.join()
    const batch = open.get(key)
    const longest = Math.max(...[one, ...(batch ?? [])].map(({ sample }) => sizeOf(sample)))
    if (batch && longest * (batch.length + 1) <= mostValues) batch.push(one)
    else {
      const fresh = [one]
      open.set(key, fresh)
      batches.push(fresh)
    }
  }
  return batches
}

const sizeOf = ({ values }: SingleSample): number =>
  values.length * (values instanceof Int32Array ? valuesOfToken : 1)
