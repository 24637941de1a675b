import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { sampleSetSchema } from '../common/data/guess.ts'
import type { SampleSet } from '../common/data/guess.ts'

/**
 * The sets that the project generates itself, as `samples/samples.json` lists them; those whose files
 * are not there are left out.
 */
export function sampleSets(resourcesFolder: string): SampleSet[] {
  const folder = join(resourcesFolder, 'samples')
  const list = join(folder, 'samples.json')
  if (!existsSync(list)) return []
  return z
    .array(sampleSetSchema)
    .parse(JSON.parse(readFileSync(list, 'utf8')))
    .map((sample) => ({ ...sample, path: join(folder, sample.path) }))
    .filter((sample) => existsSync(sample.path))
}
