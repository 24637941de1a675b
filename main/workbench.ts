/**
 * The composition root: opens the workspace, starts the engine worker, builds the router. Every shell (desktop,
 * browser, command line, tests) stands on this and adds only its way in.
 */
import { resolve } from 'node:path'
import { makeInThread } from './data/index.ts'
import { exchangeInThread } from './exchange/index.ts'
import type { Holder } from './common/schemas.ts'
import { packageVersion } from './paths.ts'
import { FollowService } from './services/follow/followService.ts'
import { createRouter, type AppRouter } from './services/router.ts'
import { Evaluations } from './services/predict/evaluations.ts'
import { SweepService } from './services/sweeps/sweepService.ts'
import { TrainingService } from './services/trainingService.ts'
import { openStore, openStoreOrRead } from './store/index.ts'

export interface WorkbenchOptions {
  /** Folder of the workspace; created when it is not there. */
  workspace: string
  shell: 'desktop' | 'browser' | 'cli' | 'test'
  /** `main/training/worker.ts`, or its bundle. */
  workerUrl: URL
  /** `main/data/importWorker.ts`, or its bundle. */
  importerUrl: URL
  /** `main/exchange/exchangeWorker.ts`, or its bundle. */
  exchangerUrl: URL
  /** Folder with the sample sets. */
  resources: string
  /** While another process writes to the workspace, it is opened to be read; without this it is refused then. */
  readWhenHeld?: boolean
  /** Opens the system's dialog for a folder or a file; where a shell has one. */
  choosePath?: (what: 'folder' | 'file') => Promise<string | null>
}

export interface Workbench {
  readonly router: AppRouter
  /** Absolute path. */
  readonly workspace: string
  /** Who writes to the workspace, where it can only be read here. */
  readonly holder: Holder | null
  /** Stops training with a checkpoint, ends the worker, closes the database, releases the lock. Safe to call twice. */
  close(): Promise<void>
}

/**
 * Opens a workspace.
 * @throws UserError `workspace/locked`, `workspace/read-only`, `workspace/newer`, `workspace/damaged`
 */
export async function openWorkbench(options: WorkbenchOptions): Promise<Workbench> {
  const workspace = resolve(options.workspace)
  const store = (options.readWhenHeld ? openStoreOrRead : openStore)(workspace, options.shell)
  const training = new TrainingService(store, workspace, options.workerUrl)
  const sweeps = new SweepService(store, training)
  // Loading the engine takes a moment; begin before anybody asks.
  void training.engine.info().catch(() => undefined)
  const exchanger = exchangeInThread(options.exchangerUrl)
  // A command that has other work to do leaves them to the workbench.
  const follows = new FollowService(
    { store, exchanger, workspace },
    !store.readOnly && options.shell !== 'cli',
  )
  const makeDataset = makeInThread(options.importerUrl)
  const evaluations = new Evaluations(store, training.engine, workspace, makeDataset)
  const router = createRouter({
    version: packageVersion(),
    shell: options.shell,
    workspace,
    resources: options.resources,
    store,
    training,
    sweeps,
    follows,
    evaluations,
    makeDataset,
    exchanger,
    choosePath: options.choosePath ?? null,
  })
  let closing: Promise<void> | null = null
  const close = async (): Promise<void> => {
    sweeps.close()
    await follows.close()
    await training.close()
    await evaluations.close()
    store.close()
  }
  const holder = store.readOnly ? store.holder() : null
  return { router, workspace, holder, close: () => (closing ??= close()) }
}
