/** Reads what the test programs report: `{ passed, failed, skipped: [{ name, reason }], failures: [text] }`. */

/** doctest's last lines: `[doctest] test cases: 12 | 11 passed | 1 failed | 2 skipped`. */
export function countDoctest(text) {
  const line = /test cases:\s*(\d+)\s*\|\s*(\d+) passed\s*\|\s*(\d+) failed\s*\|\s*(\d+) skipped/.exec(text)
  if (line === null) return null
  const skipped = Number(line[4])
  return {
    passed: Number(line[2]),
    failed: Number(line[3]),
    skipped: skipped > 0 ? [{ name: `engine: ${skipped} C++ test cases`, reason: 'marked as skipped' }] : [],
    failures: [],
  }
}

/** vitest's JSON report. A file that cannot be loaded holds no tests and counts as one failure. */
export function countVitest(report, folder) {
  const counts = { passed: 0, failed: 0, skipped: [], failures: [] }
  for (const file of report.testResults) {
    const name = file.name.replace(`${folder}/`, '')
    if (file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed')) {
      counts.failed++
      counts.failures.push(`${name}\n${file.message}`)
    }
    for (const test of file.assertionResults) {
      if (test.status === 'passed') counts.passed++
      else if (test.status === 'failed') {
        counts.failed++
        counts.failures.push(
          `${name} > ${test.fullName}\n${ownFrames((test.failureMessages ?? []).join('\n'))}`,
        )
      } else {
        counts.skipped.push({ name: `${name} > ${test.fullName}`, reason: skipReason(test.fullName) })
      }
    }
  }
  return counts
}

/** What a program that tests ran in says at its death, and what stands beside it; '' when none died. */
export function lastWords(log) {
  const telling =
    /Fatal error|FATAL ERROR|Check failed|terminate called|Assertion|Worker exited|emitted error/
  const lines = log.split('\n')
  const near = lines.filter((_, at) =>
    lines.slice(Math.max(0, at - 3), at + 4).some((line) => telling.test(line)),
  )
  return near.slice(0, 60).join('\n')
}

/** The one reason for a test to be skipped is data that a user does not have; its name says so. */
const skipReason = (name) => (name.includes('(shared data)') ? 'shared data absent' : 'marked as skipped')

/** The message and the frames of our own code; the test runner's own say nothing. */
const ownFrames = (text) =>
  text
    .split('\n')
    .filter((line) => !/^\s+at .*node_modules/.test(line) && !/^\s+at new Promise/.test(line))
    .join('\n')

/** Playwright's JSON report. */
export function countPlaywright(report) {
  const counts = { passed: 0, failed: 0, skipped: [], failures: [] }
  for (const error of report.errors ?? []) {
    counts.failed++
    counts.failures.push(error.message ?? 'Playwright failed before the first test')
  }
  const visit = (suite, path) => {
    for (const spec of suite.specs ?? []) {
      for (const test of spec.tests) {
        const name = [test.projectName, ...path, spec.title].join(' > ')
        if (test.status === 'expected') counts.passed++
        else if (test.status === 'skipped') {
          const reason = test.annotations.find(
            (note) => note.type === 'skip' || note.type === 'fixme',
          )?.description
          counts.skipped.push({ name, reason: reason ?? 'not run' })
        } else {
          counts.failed++
          const last = test.results.at(-1)
          counts.failures.push(`${name} (${test.status})\n${last?.error?.message ?? ''}`)
        }
      }
    }
    for (const inner of suite.suites ?? []) visit(inner, [...path, inner.title])
  }
  for (const suite of report.suites ?? []) visit(suite, [suite.title])
  return counts
}
