/** Takes away what a process that was killed left half-way; for the one that writes to the workspace from now on. */
import { join } from 'node:path'
import { removeLeftovers } from '../data/index.ts'
import type { Store } from '../store/index.ts'
import { sweepCheckpoints } from './checkpointFiles.ts'
import type { RunService } from './runService.ts'

/** What takes long goes on by itself; a failure leaves it for the next time. */
export function tidyWorkspace(store: Store, workspace: string, runs: RunService): void {
  sweepCheckpoints(store, workspace)
  void removeLeftovers(join(workspace, 'datasets')).catch(() => undefined)
  void runs.finishRemovals().catch(() => undefined)
}
