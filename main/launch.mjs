#!/usr/bin/env node
/**
 * Behind every npm command: makes the machine ready, then starts the thing asked for. No dependencies, any
 * Node from 20; what it starts runs on the Node 24 that npm installs.
 */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { electronSwitches, prepareElectron } from './launch/electron.mjs'
import { compiled, packageFile, projectNode, root } from './launch/place.mjs'
import { buildPage, prepare } from './launch/prepare.mjs'
import { foreground, LaunchError, say } from './launch/run.mjs'
import { dropStamp } from './launch/stamps.mjs'
import { lint } from './launch/lint.mjs'
import { test } from './launch/tests.mjs'

const [command = 'start', ...rest] = process.argv.slice(2)

process.env.NODE_COMPILE_CACHE ??= compiled

// npm starts scripts in the project's folder; paths that a person types belong to where they are.
const here = process.env.INIT_CWD ?? process.cwd()

const commands = {
  async start() {
    await prepare()
    const electron = await prepareElectron()
    if (electron.path === null) {
      say(`No desktop window: ${electron.reason}. Serving the page to a browser instead.`)
      return serve()
    }
    return foreground(electron.path, [...electronSwitches(), root, ...rest], { cwd: here })
  },

  async setup() {
    await prepare({ retry: true })
    dropStamp('failed-electron')
    say('Ready. npm start opens the workbench, npm run serve serves it to a browser, npm test tests it.')
    return 0
  },

  async serve() {
    await prepare()
    return serve()
  },

  async tapedeck() {
    if (projectNode() === null)
      throw new LaunchError('[launch] Nothing is installed yet. Run npm run setup first.')
    return tapedeck(rest)
  },

  async dev() {
    await prepare({ page: false })
    const electron = await prepareElectron()
    if (electron.path === null) {
      say(`No desktop window: ${electron.reason}. Serving the page with hot reload to a browser instead.`)
      // A changed service starts the server again; the page stays in, because the token stays the same.
      const watch = [`--watch-path=${join(root, 'main')}`, '--watch-preserve-output']
      const env = { TAPEDECK_DEVELOPMENT_TOKEN: randomBytes(24).toString('base64url') }
      return tapedeck(['serve', '--development', ...rest], watch, env)
    }
    // It builds into the same folder, from whatever the sources are then.
    dropStamp('page')
    const script = packageFile('electron-vite', 'bin', 'electron-vite.js')
    const switches = electronSwitches().length > 0 ? ['--noSandbox'] : []
    return foreground(projectNode(), [script, 'dev', '--watch', ...switches, '--', ...rest], {
      env: { ELECTRON_EXEC_PATH: electron.path, NODE_ENV: 'development' },
    })
  },

  async test() {
    const page = rest.length === 0 || rest.some((part) => part === 'browser' || part === 'desktop')
    await prepare({ tests: true, page })
    return test(rest)
  },

  async lint() {
    await prepare({ engine: false, page: false })
    return lint()
  },

  async smoke() {
    await prepare()
    return foreground(projectNode(), [join(root, 'e2e', 'smoke.ts')])
  },

  /** For the test harness: the page alone. */
  async page() {
    await buildPage()
    return 0
  },
}

const serve = () => tapedeck(['serve', ...rest])

function tapedeck(args, nodeOptions = [], env = {}) {
  return foreground(projectNode(), [...nodeOptions, join(root, 'main', 'cli.ts'), ...args], {
    cwd: here,
    env,
  })
}

try {
  if (!Object.hasOwn(commands, command)) {
    throw new LaunchError(
      `[launch] unknown command ${command}. Use one of: ${Object.keys(commands).join(', ')}.`,
    )
  }
  process.exitCode = await commands[command]()
} catch (error) {
  if (!(error instanceof LaunchError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
}
