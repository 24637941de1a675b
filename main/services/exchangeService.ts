/** Importing and exporting runs as tasks of the contract; the thread does the work, the store is written here. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type {
  Exported,
  ExportRequest,
  Imported,
  ImportRequest,
  SourceKind,
} from '../common/exchange/exchange.ts'
import type { Progress } from '../common/schemas.ts'
import { absorb, type Exchanger } from '../exchange/index.ts'
import type { Store } from '../store/index.ts'
import { importFolder } from './checkpointFiles.ts'
import { begun, progressTask } from './progressTask.ts'
import type { TrainingService } from './trainingService.ts'

interface Parts {
  version: string
  workspace: string
  store: Store
  training: Pick<TrainingService, 'checkpointFolder'>
  exchanger: Exchanger
}

export class ExchangeService {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  import(request: ImportRequest, signal?: AbortSignal): AsyncGenerator<Progress, Imported, void> {
    return progressTask((task) => this.#import(request, task), begun('Looking at the files'), signal)
  }

  export(request: ExportRequest, signal?: AbortSignal): AsyncGenerator<Progress, Exported, void> {
    const { version, workspace, exchanger } = this.#parts
    const job = { kind: 'export', version, workspace, ...request } as const
    return progressTask((task) => exchanger.write(job, task), begun('Reading the runs'), signal)
  }

  async #import(
    { path, reading, again }: ImportRequest,
    task: { signal: AbortSignal; onProgress: (progress: Progress) => void },
  ): Promise<Imported> {
    const { workspace, store, training, exchanger } = this.#parts
    // Beside where checkpoints will lie, so that they are renamed, not copied; swept when a workspace is opened.
    const checkpoints = join(workspace, 'checkpoints')
    mkdirSync(checkpoints, { recursive: true })
    const staging = mkdtempSync(join(checkpoints, importFolder))
    let kind: SourceKind = 'metrics'
    const written = store.leaveLog()
    try {
      const pieces = exchanger.read(
        { kind: 'import', workspace, path, reading, staging },
        task,
        (found) => (kind = found),
      )
      const checkpointFolder = (runId: number): string => training.checkpointFolder(runId)
      const taken = await absorb(pieces, store, { checkpointFolder, again, signal: task.signal })
      return { path, kind, ...taken }
    } finally {
      written()
      rmSync(staging, { recursive: true, force: true })
    }
  }
}
