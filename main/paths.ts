/** Where things are on this machine. */
import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of Tapedeck itself: the nearest one above this file whose package.json is named tapedeck. */
export function projectRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  for (;;) {
    const manifest = join(folder, 'package.json')
    if (
      existsSync(manifest) &&
      (JSON.parse(readFileSync(manifest, 'utf8')) as { name?: string }).name === 'tapedeck'
    )
      return folder
    const parent = dirname(folder)
    if (parent === folder) throw new Error('[paths] no package.json named tapedeck above this file')
    folder = parent
  }
}

/** Where a person's runs live unless `--workspace` says otherwise; the desktop shell uses Electron's userData. */
export function defaultWorkspace(): string {
  switch (process.platform) {
    case 'win32':
      return join(process.env.APPDATA ?? join(homedir(), 'AppData', 'Roaming'), 'tapedeck', 'workspace')
    case 'darwin':
      return join(homedir(), 'Library', 'Application Support', 'tapedeck', 'workspace')
    default:
      return join(process.env.XDG_CONFIG_HOME ?? join(homedir(), '.config'), 'tapedeck', 'workspace')
  }
}

/** Of Tapedeck. */
export function packageVersion(): string {
  const manifest = JSON.parse(readFileSync(join(projectRoot(), 'package.json'), 'utf8')) as {
    version: string
  }
  return manifest.version
}
