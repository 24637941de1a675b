import type { Problem } from '../common/schemas.ts'

const listedAtMost = 200

/** What was set aside during an import: all are counted, the first 200 are listed. */
export class Problems {
  readonly listed: Problem[] = []
  total = 0

  add(path: string, reason: string): void {
    this.total += 1
    if (this.listed.length < listedAtMost) this.listed.push({ path, reason })
  }
}
