import type { Problem } from '../common/data/dataset.ts'

const listedAtMost = 200

/** What was set aside during an import: all are counted, the first 200 are listed. */
export class Problems {
  readonly listed: Problem[] = []
  total = 0
  /** Of these, samples; the others are folders and the like. */
  samples = 0
  firstSample: Problem | null = null

  /** @param samples how many samples that is: none for a folder */
  add(path: string, reason: string, samples = 1): void {
    this.total += 1
    this.samples += samples
    if (samples > 0) this.firstSample ??= { path, reason }
    if (this.listed.length < listedAtMost) this.listed.push({ path, reason })
  }
}
