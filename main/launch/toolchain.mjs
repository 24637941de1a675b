/**
 * What has to be on the machine before anything can be built. On Debian and Ubuntu missing packages are
 * installed when that is possible without asking; everywhere else the exact command is said.
 */
import { existsSync } from 'node:fs'
import { LaunchError, output, quiet, say } from './run.mjs'
import { which } from './place.mjs'
import { recentlyFailed, rememberFailure } from './stamps.mjs'

const compiler = {
  name: 'a C++20 compiler (g++ 11 or newer, or clang++ 14 or newer)',
  packages: ['g++'],
  found: () => compilerVersion() !== null,
}

/** Without these the engine cannot be built. */
const required = [
  compiler,
  { name: 'CMake', packages: ['cmake'], found: () => which('cmake') !== null },
  {
    name: 'Ninja or Make',
    packages: ['ninja-build', 'make'],
    found: () => process.platform === 'win32' || which('ninja', 'make') !== null,
  },
]

/** Everything works without it, at a fraction of the speed. */
const wanted = [{ name: 'oneDNN', packages: ['libdnnl-dev'], found: () => hasOneDNN() }]

const forTests = [
  { name: 'doctest', packages: ['doctest-dev'], found: () => hasDoctest() },
  { name: 'Chromium', packages: ['chromium'], found: () => findChromium() !== null },
  { name: 'xvfb-run', packages: ['xvfb', 'xauth'], found: () => process.platform !== 'linux' || hasXvfb() },
]

export const hasXvfb = () => which('xvfb-run') !== null && which('xauth') !== null
export const hasDoctest = () => headerExists('doctest/doctest.h')
export const hasOneDNN = () => headerExists('dnnl.hpp') || headerExists('oneapi/dnnl/dnnl.hpp')

export function findChromium() {
  return (
    process.env.TAPEDECK_CHROMIUM ??
    which('chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable')
  )
}

/** Installs or reports what is missing. `retry` also tries optional packages again that failed recently. */
export async function checkToolchain({ tests = false, retry = false } = {}) {
  const missing = required.filter((need) => !need.found())
  if (missing.length > 0) {
    await install(missing)
    const still = required.filter((need) => !need.found())
    if (still.length > 0) throw new LaunchError(refusal(still))
  }
  for (const need of tests ? [...wanted, ...forTests] : wanted) {
    if (need.found() || process.platform !== 'linux') continue
    const key = `apt-${need.packages[0]}`
    if (!retry && recentlyFailed(key)) continue
    if (!(await install([need])) || !need.found()) {
      rememberFailure(key)
      say(
        `  without ${need.name}${need === wanted[0] ? ', training is slower' : ''} (${aptCommand(need.packages)})`,
      )
    }
  }
}

/** Installs Debian packages; false when that is not possible here. */
export async function install(needs) {
  const prefix = privilege()
  if (prefix === null) return false
  const names = needs.map((need) => need.name).join(', ')
  const packages = needs.flatMap((need) => need.packages)
  say(`· Installing ${names} (apt-get install ${packages.join(' ')})`)
  const env = { DEBIAN_FRONTEND: 'noninteractive' }
  const [command, ...lead] = [...prefix, 'apt-get', '-qq', '-o', 'DPkg::Lock::Timeout=120']
  await quiet('apt', command, [...lead, 'update'], { check: false, env, limitSeconds: 300 })
  const chosen = packages.map(packageName)
  const code = await quiet('apt', command, [...lead, 'install', '-y', '--no-install-recommends', ...chosen], {
    check: false,
    env,
    append: true,
    limitSeconds: 900,
  })
  return code === 0
}

/** Ubuntu 24.04 renamed libraries for the 64-bit time_t change: `libgtk-3-0` is `libgtk-3-0t64` there. */
function packageName(name) {
  return name.startsWith('lib') && output('apt-cache', ['show', `${name}t64`]) ? `${name}t64` : name
}

/** The words to put before apt-get, or null where it cannot be used without a password. */
function privilege() {
  if (process.platform !== 'linux' || which('apt-get') === null) return null
  if (process.getuid?.() === 0) return []
  return which('sudo') !== null && output('sudo', ['-n', 'true']) !== null ? ['sudo', '-n'] : null
}

function refusal(needs) {
  const names = needs.map((need) => need.name).join(', ')
  const packages = needs.flatMap((need) => need.packages)
  const mend =
    process.platform === 'darwin'
      ? 'Install them: xcode-select --install && brew install cmake ninja'
      : process.platform === 'win32'
        ? 'Install Visual Studio Build Tools with "Desktop development with C++", which brings CMake and Ninja.'
        : which('apt-get')
          ? `Install them and start again: ${aptCommand(packages)}`
          : `Install them with your system's package manager and start again.`
  return `[launch] Missing on this machine: ${names}. ${mend}`
}

const aptCommand = (packages) => `sudo apt-get install ${packages.join(' ')}`

function compilerVersion() {
  if (process.platform === 'win32') return 'left to CMake'
  const path = process.env.CXX ?? which('c++', 'g++', 'clang++')
  if (path === null) return null
  const text = output(path, ['--version']) ?? ''
  const major = Number(/(\d+)\.\d+\.\d+/.exec(text)?.[1] ?? 0)
  return major >= (text.includes('clang') ? 14 : 11) ? text : null
}

function headerExists(header) {
  const folders = ['/usr/include', '/usr/local/include', '/opt/homebrew/include']
  const multiarch = output(which('c++') ?? 'c++', ['-print-multiarch'])
  if (multiarch) folders.push(`/usr/include/${multiarch}`)
  return folders.some((folder) => existsSync(`${folder}/${header}`))
}
