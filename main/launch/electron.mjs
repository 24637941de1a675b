/** Is a desktop window possible here? Finds Electron's binary, fetches it when needed, or says why not. */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { LaunchError, output, quiet, step } from './run.mjs'
import { packageFile, projectNode, which } from './place.mjs'
import { install } from './toolchain.mjs'
import { recentlyFailed, rememberFailure } from './stamps.mjs'

const downloadSeconds = 180

const executable = {
  darwin: 'Electron.app/Contents/MacOS/Electron',
  win32: 'electron.exe',
}

/** The binary that `require('electron')` names, or null when it is not there. */
export function findElectron() {
  const name = executable[process.platform] ?? 'electron'
  const folder = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? packageFile('electron', 'dist')
  const path = join(folder, name)
  return existsSync(path) ? path : null
}

export function hasDisplay() {
  return process.platform !== 'linux' || Boolean(process.env.DISPLAY ?? process.env.WAYLAND_DISPLAY)
}

/**
 * Electron's path, or the reason why there is none in words that end a sentence. `needDisplay: false` for
 * tests, which bring their own screen. Never fatal: the browser shell does the same work.
 */
export async function prepareElectron({ needDisplay = true, retry = false } = {}) {
  if (needDisplay && !hasDisplay()) return { path: null, reason: 'this machine has no display' }
  let path = findElectron()
  if (path === null) {
    if (process.env.ELECTRON_OVERRIDE_DIST_PATH) {
      return {
        path,
        reason: `ELECTRON_OVERRIDE_DIST_PATH=${process.env.ELECTRON_OVERRIDE_DIST_PATH} has no Electron`,
      }
    }
    if (!retry && recentlyFailed('electron')) {
      return {
        path,
        reason:
          "Electron's binary could not be downloaded earlier today (npm run setup, then start again to retry)",
      }
    }
    path = await download()
    if (path === null)
      return { path, reason: "Electron's binary could not be downloaded (out/launch/electron.log)" }
  }
  const libraries = await checkLibraries(path)
  if (libraries !== null) return { path: null, reason: libraries }
  const sandbox = sandboxProblem(path)
  if (sandbox !== null) return { path: null, reason: sandbox }
  return { path, reason: '' }
}

/** Chromium refuses its sandbox as root on Linux; nowhere else is it switched off. */
export function electronSwitches() {
  return process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : []
}

async function download() {
  await step("Downloading Electron's binary (once)", async () => {
    const script = packageFile('electron', 'install.js')
    await quiet('electron', projectNode(), [script], { check: false, limitSeconds: downloadSeconds })
  })
  const path = findElectron()
  if (path === null) rememberFailure('electron')
  return path
}

async function checkLibraries(path) {
  if (process.platform !== 'linux' || which('ldd') === null) return null
  const missing = () =>
    [...(output('ldd', [path]) ?? '').matchAll(/(\S+) => not found/g)].map((match) => match[1])
  if (missing().length === 0) return null
  const packages = [
    'libgtk-3-0',
    'libnss3',
    'libasound2',
    'libgbm1',
    'libxss1',
    'libxtst6',
    'libatk-bridge2.0-0',
  ]
  await install([{ name: "Electron's libraries", packages: [...packages, 'fonts-dejavu-core'] }]).catch(
    (error) => {
      if (!(error instanceof LaunchError)) throw error
    },
  )
  const still = missing()
  if (still.length === 0) return null
  return `Electron misses ${still.join(', ')} (sudo apt-get install ${packages.join(' ')})`
}

/**
 * Ubuntu 24.04 and some hardened kernels forbid the user namespaces that Chromium's sandbox stands on, unless
 * its helper belongs to root. Electron would abort with a stack trace; say it in words before.
 */
function sandboxProblem(path) {
  if (process.platform !== 'linux' || process.getuid?.() === 0) return null
  const setting = (name) => {
    const file = `/proc/sys/kernel/${name}`
    return existsSync(file) ? readFileSync(file, 'utf8').trim() : null
  }
  const forbidden =
    setting('apparmor_restrict_unprivileged_userns') === '1' || setting('unprivileged_userns_clone') === '0'
  if (!forbidden) return null
  const helper = join(dirname(path), 'chrome-sandbox')
  const status = existsSync(helper) ? statSync(helper) : null
  if (status?.uid === 0 && (status.mode & 0o4000) !== 0) return null
  return `this system forbids Electron's sandbox (sudo chown root:root ${helper} && sudo chmod 4755 ${helper})`
}
