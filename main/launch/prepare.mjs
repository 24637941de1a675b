/** Packages, engine and page: each made only when what it is made of has changed. */
import { existsSync, rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'
import { compiled, packageFile, projectNode, root, which } from './place.mjs'
import { LaunchError, quiet, step } from './run.mjs'
import { contentHash, dropStamp, modulesMatchLock, readOr, readStamp, writeStamp } from './stamps.mjs'
import { checkToolchain, hasDoctest, hasOneDNN } from './toolchain.mjs'

const built = (path) => /(^|[\\/])(build[^\\/]*|out|golden|\.cache)$/.test(path)

/** All that a command needs. `tests` also builds the engine's own tests; what is set to false is left as it is. */
export async function prepare({ tests = false, engine = true, page = true, retry = false } = {}) {
  await checkToolchain({ tests, retry })
  await installModules()
  await keepCompiled()
  if (engine) await buildEngine({ tests })
  if (page) await buildPage()
}

async function installModules() {
  const lock = readOr(join(root, 'package-lock.json'), '')
  const installed = readOr(packageFile('.package-lock.json'), '')
  if (projectNode() && installed !== '' && modulesMatchLock(lock, installed)) return
  await step('Installing packages (npm ci)', async () => {
    const [command, ...lead] = npmCommand()
    const args = [...lead, 'ci', '--no-fund', '--no-audit', '--loglevel=warn']
    await quiet('npm-ci', command, args, { env: { ELECTRON_SKIP_BINARY_DOWNLOAD: '1' } })
  })
  if (projectNode() === null) {
    throw new LaunchError(
      `[launch] npm ci did not install Node 24 (node_modules/node/bin). Delete node_modules and start again; the log is out/launch/npm-ci.log.`,
    )
  }
}

/** npm by the Node that runs npm itself: the one in node_modules is about to be replaced. */
function npmCommand() {
  const script = process.env.npm_execpath
  if (script?.endsWith('.js')) return [process.env.npm_node_execpath ?? process.execPath, script]
  const npm = which('npm')
  if (npm === null)
    throw new LaunchError('[launch] npm was not found on PATH. Install Node 20 or newer with npm.')
  return [npm]
}

/**
 * What threads start from is compiled here once, on one thread; see `compiled` in place.mjs. Without it everything works
 * too, so a failure stops nothing and is tried again the next time.
 */
async function keepCompiled() {
  const hash = contentHash(['main'], { skip: (path) => built(path) || /\.test\.\w+$/.test(path) })
  if (readStamp('compiled') === hash && existsSync(compiled)) return
  const script = join(root, 'main', 'launch', 'compile.mjs')
  const code = await quiet('compiled', projectNode(), [script], { check: false, limitSeconds: 60 })
  if (code === 0) writeStamp('compiled', hash)
}

const engineBuild = join('native', 'build')

async function buildEngine({ tests }) {
  const facts = [process.platform, process.arch, String(hasOneDNN()), process.env.CXX ?? '', nodeHeaders()]
  const hash = contentHash(['native'], {
    facts: tests ? [...facts, `tests ${hasDoctest()}`] : facts,
    skip: built,
  })
  const stamp = tests ? 'engine-tests' : 'engine'
  const addon = join(root, engineBuild, 'tapedeck.node')
  if (readStamp(stamp) === hash && existsSync(addon)) return
  await step(tests ? 'Building the engine and its tests' : 'Building the engine', async () => {
    dropStamp(stamp)
    const configured = configuredHere()
    const generator = !configured && which('ninja') ? ['-G', 'Ninja'] : []
    await quiet('engine', 'cmake', [
      '-S',
      'native',
      '-B',
      engineBuild,
      ...generator,
      '-DCMAKE_BUILD_TYPE=Release',
    ])
    const jobs = String(availableParallelism())
    const target = tests ? [] : ['--target', 'addon']
    const build = ['--build', engineBuild, '--config', 'Release', '--parallel', jobs, ...target]
    await quiet('engine', 'cmake', build, { append: true })
  })
  if (!existsSync(addon))
    throw new LaunchError('[launch] The engine was built without tapedeck.node: out/launch/engine.log')
  writeStamp(stamp, hash)
  // The engine's tests change nothing in the engine, so what was built with them also serves without.
  if (tests) writeStamp('engine', contentHash(['native'], { facts, skip: built }))
}

/**
 * CMake refuses a build folder that was configured elsewhere (the project was moved or copied) or for a Ninja or
 * Make that is gone: start afresh.
 */
function configuredHere() {
  const cache = readOr(join(root, engineBuild, 'CMakeCache.txt'), '')
  const home = /^CMAKE_HOME_DIRECTORY:INTERNAL=(.*)$/m.exec(cache)?.[1]
  if (home === undefined) return false
  const program = /^CMAKE_MAKE_PROGRAM:FILEPATH=(.*)$/m.exec(cache)?.[1]
  if (resolve(home) === join(root, 'native') && (!program || existsSync(program))) return true
  rmSync(join(root, engineBuild), { recursive: true })
  return false
}

function nodeHeaders() {
  return ['node-api-headers', 'node-addon-api']
    .map((name) => JSON.parse(readOr(packageFile(name, 'package.json'), '{}')).version)
    .join(' ')
}

/** The page, and the desktop shell's bundle of main and preload. */
export async function buildPage() {
  const sources = ['main', 'renderer', 'electron.vite.config.ts', 'package-lock.json', 'tsconfig.json']
  const hash = contentHash(sources, { skip: (path) => built(path) || /\.test\.\w+$/.test(path) })
  if (readStamp('page') === hash && existsSync(join(root, 'out', 'renderer', 'index.html'))) return
  await step('Building the page', async () => {
    dropStamp('page')
    const script = packageFile('electron-vite', 'bin', 'electron-vite.js')
    await quiet('page', projectNode(), [script, 'build', '--logLevel', 'warn'], {
      env: { NODE_ENV: 'production' },
    })
  })
  writeStamp('page', hash)
}
