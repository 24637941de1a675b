/** `npm run lint`: form, faults, types and the import law. Each part counts as one test. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { cached, packageFile, projectNode, root, which } from './place.mjs'
import { quiet, say, tail } from './run.mjs'

const parts = [
  {
    name: 'prettier',
    script: ['prettier', 'bin', 'prettier.cjs'],
    args: ['--check', '--log-level', 'warn', '.'],
  },
  { name: 'tsc', script: ['typescript', 'bin', 'tsc'], args: ['--noEmit', '-p', 'tsconfig.json'] },
  { name: 'eslint', script: ['eslint', 'bin', 'eslint.js'], args: ['--max-warnings', '0', '.'] },
  {
    name: 'import law',
    script: ['dependency-cruiser', 'bin', 'dependency-cruiser.mjs'],
    args: ['--config', '.dependency-cruiser.cjs', 'main', 'renderer', 'e2e'],
  },
]

/** Runs every part, two at a time, and returns its counts; failures are shown as they come. */
export async function runLint() {
  const result = { passed: 0, failed: 0, skipped: [] }
  const note = (name, code) => {
    if (code === 0) result.passed++
    else {
      result.failed++
      say(`${tail(cached(`lint-${logName(name)}.log`), 60)}\nFAILED lint: ${name}`)
    }
  }
  const queue = [...parts]
  const worker = async () => {
    for (let part = queue.shift(); part; part = queue.shift()) {
      const args = [packageFile(...part.script), ...part.args]
      note(part.name, await quiet(`lint-${logName(part.name)}`, projectNode(), args, { check: false }))
    }
  }
  await Promise.all([worker(), worker()])
  const formatter = which('clang-format')
  if (formatter === null) {
    result.skipped.push({ name: 'lint: clang-format', reason: 'clang-format is not installed' })
  } else {
    const args = ['--dry-run', '--Werror', ...nativeSources()]
    note('clang-format', await quiet('lint-clang-format', formatter, args, { check: false }))
  }
  return result
}

export async function lint() {
  const { passed, failed, skipped } = await runLint()
  for (const { name, reason } of skipped) say(`skipped ${name}: ${reason}`)
  say(`${passed} passed, ${failed} failed`)
  return failed === 0 ? 0 : 1
}

const logName = (name) => name.replaceAll(' ', '-')

function nativeSources() {
  const folders = ['include', 'src', 'tests', 'bench'].filter((folder) =>
    existsSync(join(root, 'native', folder)),
  )
  return folders.flatMap((folder) =>
    readdirSync(join(root, 'native', folder), { recursive: true })
      .filter((name) => /\.(h|cpp|cc|cu|inc)$/.test(name))
      .map((name) => join('native', folder, name)),
  )
}
