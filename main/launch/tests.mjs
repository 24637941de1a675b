/** `npm test`: every kind of test, each going on after the one before failed, and one line that adds all up. */
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, relative } from 'node:path'
import { countDoctest, countPlaywright, countVitest, lastWords } from './counts.mjs'
import { hasDisplay, prepareElectron } from './electron.mjs'
import { runLint } from './lint.mjs'
import { cached, packageFile, projectNode, root, which } from './place.mjs'
import { quiet, say, step, tail } from './run.mjs'
import { findChromium, hasDoctest, hasXvfb } from './toolchain.mjs'

const none = () => ({ passed: 0, failed: 0, skipped: [], failures: [] })
const skippedPart = (name, reason) => ({ ...none(), skipped: [{ name, reason }] })
const failedPart = (text) => ({ ...none(), failed: 1, failures: [text] })

const parts = {
  lint: () => runLint(),
  engine: () => runEngineTests(),
  unit: () => runVitest(),
  browser: () => runPlaywright('browser'),
  desktop: () => runPlaywright('desktop'),
  sanitizer: () => runSanitizer(),
  cuda: () => compileCuda(),
}

/** These build the engine once more, so they run in CI and when they are asked for. */
const onlyInCi = new Set(['sanitizer', 'cuda'])

/** `npm test -- unit engine` runs only these parts. */
export async function test(names) {
  const usual = Object.keys(parts).filter((name) => process.env.CI || !onlyInCi.has(name))
  const chosen = names.length > 0 ? names : usual
  const unknown = chosen.filter((name) => !Object.hasOwn(parts, name))
  if (unknown.length > 0) {
    say(`[test] no part is called ${unknown.join(', ')}; there are ${Object.keys(parts).join(', ')}`)
    return 1
  }
  const total = none()
  for (const name of chosen) {
    const counts = await step(`Testing: ${name}`, () => attempt(name))
    for (const failure of counts.failures ?? []) say(`FAILED ${failure}\n`)
    say(`  ${name}: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped.length} skipped`)
    total.passed += counts.passed
    total.failed += counts.failed
    total.skipped.push(...counts.skipped)
  }
  for (const { name, reason } of total.skipped) say(`skipped ${name}: ${reason}`)
  say(`${total.passed} passed, ${total.failed} failed`)
  return total.failed === 0 && total.passed > 0 ? 0 : 1
}

/** A part that cannot even run is a failure like any other; the parts after it still have their say. */
async function attempt(name) {
  try {
    return await parts[name]()
  } catch (error) {
    return failedPart(`${name} could not run: ${error.stack}`)
  }
}

async function runEngineTests() {
  if (!hasDoctest())
    return skippedPart('engine: C++ tests', 'doctest is not installed (apt-get install doctest-dev)')
  const program = join(
    root,
    'native',
    'build',
    process.platform === 'win32' ? 'tape_tests.exe' : 'tape_tests',
  )
  if (!existsSync(program))
    return failedPart('engine: native/build/tape_tests was not built (out/launch/engine.log)')
  const code = await quiet('engine-tests', program, ['--no-colors'], { check: false })
  const log = cached('engine-tests.log')
  const counts = countDoctest(readFileSync(log, 'utf8'))
  if (counts === null) return failedPart(`engine: the C++ tests ended with ${code}\n${tail(log)}`)
  if (counts.failed > 0) counts.failures.push(`engine\n${tail(log, 80)}`)
  return counts
}

/** The C++ tests again under AddressSanitizer and UndefinedBehaviorSanitizer, with the portable kernels. */
async function runSanitizer() {
  if (process.platform !== 'linux' || !hasDoctest())
    return skippedPart('sanitizer: C++ tests', 'needs Linux and doctest (apt-get install doctest-dev)')
  const folder = join('out', 'sanitizer')
  const generator = which('ninja') && !existsSync(join(root, folder)) ? ['-G', 'Ninja'] : []
  const options = ['-DTAPE_SANITIZE=ON', '-DCMAKE_BUILD_TYPE=RelWithDebInfo']
  await quiet('sanitizer', 'cmake', ['-S', 'native', '-B', folder, ...generator, ...options])
  const jobs = String(availableParallelism())
  const build = ['--build', folder, '--parallel', jobs, '--target', 'tape_tests']
  await quiet('sanitizer', 'cmake', build, { append: true, limitSeconds: 1500 })
  // One thread: the checks are the same, and threads that wait for each other only slow them down.
  const env = { OMP_NUM_THREADS: '1', ASAN_OPTIONS: 'detect_stack_use_after_return=0' }
  const program = join(root, folder, 'tape_tests')
  const code = await quiet('sanitizer-tests', program, ['--no-colors'], {
    check: false,
    limitSeconds: 600,
    env,
  })
  const log = cached('sanitizer-tests.log')
  const counts = countDoctest(readFileSync(log, 'utf8'))
  if (counts === null || (code !== 0 && counts.failed === 0))
    return failedPart(`sanitizer: the C++ tests ended with ${code}\n${tail(log, 60)}`)
  if (counts.failed > 0) counts.failures.push(`sanitizer\n${tail(log, 80)}`)
  return counts
}

/** The GPU's library compiles without a warning, for every architecture it is made for. Nothing of it is run. */
async function compileCuda() {
  if (which('nvcc') === null) return skippedPart('cuda: compile check', 'nvcc is not installed')
  const folder = join('out', 'cuda')
  const generator = which('ninja') && !existsSync(join(root, folder)) ? ['-G', 'Ninja'] : []
  const options = ['-DTAPE_CUDA=ON', '-DTAPE_NATIVE_SETS=OFF', '-DCMAKE_BUILD_TYPE=Release']
  await quiet('cuda', 'cmake', ['-S', 'native', '-B', folder, ...generator, ...options])
  const build = ['--build', folder, '--parallel', String(availableParallelism()), '--target', 'tape_cuda']
  const code = await quiet('cuda', 'cmake', build, { append: true, check: false, limitSeconds: 900 })
  const log = cached('cuda.log')
  if (code !== 0) return failedPart(`cuda: the build ended with ${code}\n${tail(log, 40)}`)
  const said = readFileSync(log, 'utf8')
  const warning = /^.*\bwarning( #\d+-D)?:.*$/m.exec(said)
  if (warning) return failedPart(`cuda: ${warning[0]}`)
  const absent = [
    ['cuda: products', 'cuBLASLt', 'nvidia-cublas'],
    ['cuda: declarations', "cuDNN's headers", 'nvidia-cudnn-cu13'],
  ].filter(([, what]) => said.includes(`${what} not found`))
  const skipped = absent.map(([name, what, wheel]) => ({
    name,
    reason: `${what} not found (pip install ${wheel})`,
  }))
  return { ...none(), passed: 1, skipped }
}

async function runVitest() {
  const report = cached('vitest.json')
  rmSync(report, { force: true })
  const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, '--no-color']
  const code = await quiet('vitest', projectNode(), [packageFile('vitest', 'vitest.mjs'), ...args], {
    check: false,
    limitSeconds: 900,
  })
  const counts = counted('vitest', code, report, (json) => countVitest(json, root))
  // A file whose process died is told without a word in the report.
  const words = counts.failed > 0 ? lastWords(readFileSync(cached('vitest.log'), 'utf8')) : ''
  return words === '' ? counts : { ...counts, failures: [...counts.failures, words] }
}

async function runPlaywright(project) {
  const electron = project === 'desktop' ? await prepareElectron({ needDisplay: false }) : null
  if (electron && electron.path === null) return skippedPart('desktop: e2e in Electron', electron.reason)
  if (project === 'browser' && findChromium() === null) {
    return skippedPart('browser: e2e in Chromium', 'Chromium is not installed (apt-get install chromium)')
  }
  const screen = project === 'browser' || hasDisplay() ? [] : ['xvfb-run', '-a']
  if (screen.length > 0 && !hasXvfb()) {
    return skippedPart(
      'desktop: e2e in Electron',
      'there is no display and no xvfb-run (apt-get install xvfb xauth)',
    )
  }
  const report = cached(`e2e-${project}.json`)
  rmSync(report, { force: true })
  const [command, ...args] = [
    ...screen,
    projectNode(),
    packageFile('@playwright', 'test', 'cli.js'),
    ...['test', '--config', 'e2e/playwright.config.ts', '--project', project, '--reporter', 'line,json'],
  ]
  const code = await quiet(`e2e-${project}`, command, args, {
    check: false,
    limitSeconds: 900,
    env: {
      PLAYWRIGHT_JSON_OUTPUT_NAME: report,
      TAPEDECK_ELECTRON: electron?.path ?? '',
      TAPEDECK_CHROMIUM: findChromium() ?? '',
      FORCE_COLOR: '0',
    },
  })
  return counted(`e2e-${project}`, code, report, countPlaywright)
}

function counted(name, code, report, count) {
  const log = cached(`${name}.log`)
  if (!existsSync(report)) return failedPart(`${name} ended with ${code} without a report\n${tail(log)}`)
  const counts = count(JSON.parse(readFileSync(report, 'utf8')))
  if (code !== 0 && counts.failed === 0) {
    return { ...counts, failed: 1, failures: [`${name} ended with ${code}\n${tail(log)}`] }
  }
  if (counts.failed > 0) say(`  the whole log: ${relative(root, log)}`)
  return counts
}
