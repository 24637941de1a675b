/** What every shell is told on its command line, and where the parts of Tapedeck are that it stands on. */
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { defaultWorkspace, projectRoot } from '../paths.ts'

/** A path as a person typed it: npm starts scripts in the project's folder and says where they really were. */
export function typedPath(path: string): string {
  return resolve(process.env.INIT_CWD ?? process.cwd(), path)
}

/** The workspace that `--workspace DIR` or `--workspace=DIR` names among switches of any kind. */
export function workspaceArgument(args: readonly string[]): string {
  const inline = args.find((arg) => arg.startsWith('--workspace='))
  if (inline !== undefined) return typedPath(inline.slice('--workspace='.length))
  const at = args.indexOf('--workspace')
  const value = at < 0 ? undefined : args[at + 1]
  return value === undefined || value.startsWith('--') ? defaultWorkspace() : typedPath(value)
}

export interface Surroundings {
  /** The engine's thread. */
  workerUrl: URL
  /** The thread of an import. */
  importerUrl: URL
  /** The thread of runs in and out. */
  exchangerUrl: URL
  /** Folder with the sample sets. */
  resources: string
  /** Folder of the built page. */
  page: string
  /** The desktop window's preload script. */
  preload: string
}

/** The folders and the threads that a workbench needs. `bundled`: from electron-vite's output, not from source. */
export function surroundings(bundled: boolean): Surroundings {
  const root = projectRoot()
  const thread = (name: string, folder: string): URL =>
    pathToFileURL(
      bundled ? join(root, 'out', 'main', `${name}.js`) : join(root, 'main', folder, `${name}.ts`),
    )
  return {
    workerUrl: thread('worker', 'training'),
    importerUrl: thread('importWorker', 'data'),
    exchangerUrl: thread('exchangeWorker', 'exchange'),
    resources: join(root, 'resources'),
    page: join(root, 'out', 'renderer'),
    preload: join(root, 'out', 'preload', 'preload.cjs'),
  }
}

export function pageIsBuilt(page: string): boolean {
  return existsSync(join(page, 'index.html'))
}
