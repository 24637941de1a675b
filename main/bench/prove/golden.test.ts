/**
 * Outputs before training and the losses of 50 steps as PyTorch computed them from the exported projects, `golden/`, beside
 * what the engine computes. After a change of a template, or of the code that writes `model.py`, make them anew:
 *
 *     node main/bench/prove/prove.ts FOLDER && python main/bench/prove/prove.py FOLDER --golden main/bench/prove/golden
 *
 * ResNet-18 in both forms with `--steps 6`, the small GPT with `--steps 12`: more take minutes, and are not compared here.
 */
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { templates } from '../../common/templates.ts'
import { modelCode } from '../../export/pytorch/model.ts'
import { Trainee } from '../../training/run/trainee.ts'
import { lossesOf, outputsOf, start } from './engineFigures.ts'
import { openSubjects, variants, type Subjects } from './subjects.ts'

interface Golden {
  /** SHA-256 of the `model.py` that PyTorch ran. */
  model: string
  losses: number[]
  /** Every so many-th value of the outputs of some rows. */
  outputs: { rows: number[]; stride: number; values: number[] }[]
}

/** Relative to the largest output, and to the loss. */
const tolerance = { outputs: 1e-5, losses: 1e-4 }
/** Of those whose 50 steps take minutes; PyTorch parts from itself after the first steps of ResNet-18, see subjects.ts. */
const fewer: Readonly<Record<string, number>> = { 'resnet-18': 1, 'resnet-18-smooth': 2, 'small-gpt': 8 }

let workspace: string
let subjects: Subjects
beforeAll(async () => {
  workspace = mkdtempSync(join(tmpdir(), 'tapedeck-golden-'))
  subjects = await openSubjects(workspace)
}, 60_000)
afterAll(async () => {
  await subjects.close()
  rmSync(workspace, { recursive: true, force: true })
})

it.each([...templates().map(({ id }) => id), ...Object.keys(variants)])(
  '%s computes what PyTorch computes',
  async (id) => {
    const golden = JSON.parse(readFileSync(new URL(`golden/${id}.json`, import.meta.url), 'utf8')) as Golden
    const { job } = await subjects.of(id)
    const trainee = new Trainee(job)
    try {
      const { text } = modelCode(trainee.model.plan, job.document)
      expect(createHash('sha256').update(text).digest('hex'), 'model.py is not what PyTorch ran').toBe(golden.model) // prettier-ignore
      const outputs = outputsOf(trainee)
      expect(outputs.map(({ rows }) => rows)).toEqual(golden.outputs.map(({ rows }) => rows))
      for (const [at, { stride, values }] of golden.outputs.entries()) {
        const kept = outputs[at]?.values.filter((_, i) => i % stride === 0) ?? []
        const largest = Math.max(...values.map(Math.abs))
        expect(farthest(kept, values) / largest).toBeLessThan(tolerance.outputs)
      }
      const losses = golden.losses.slice(0, fewer[id])
      const ours = lossesOf(trainee, losses.length, start())
      expect(farthest(ours, losses, (loss) => Math.max(1, loss))).toBeLessThan(tolerance.losses)
    } finally {
      trainee.dispose()
    }
  },
  120_000,
)

function farthest(
  ours: readonly number[],
  theirs: readonly number[],
  scale = (_: number): number => 1,
): number {
  expect(ours.length).toBe(theirs.length)
  return Math.max(...ours.map((value, i) => Math.abs(value - (theirs[i] ?? NaN)) / scale(theirs[i] ?? NaN)))
}
