import { expect, it } from 'vitest'
import { countDoctest, countPlaywright, countVitest, lastWords } from './counts.mjs'

it('reads doctest', () => {
  const log =
    '[doctest] test cases:  12 |  11 passed | 1 failed | 2 skipped\n[doctest] assertions: 90 | 89 passed | 1 failed |'
  expect(countDoctest(log)).toMatchObject({
    passed: 11,
    failed: 1,
    skipped: [{ reason: 'marked as skipped' }],
  })
  expect(countDoctest('Segmentation fault')).toBeNull()
})

it('reads vitest, a file that does not load being a failure', () => {
  const report = {
    testResults: [
      {
        name: '/p/main/a.test.ts',
        status: 'failed',
        assertionResults: [
          { status: 'passed', fullName: 'adds' },
          { status: 'failed', fullName: 'divides', failureMessages: ['by zero'] },
          { status: 'pending', fullName: 'reads MNIST (shared data)' },
        ],
      },
      { name: '/p/main/b.test.ts', status: 'failed', message: 'no such module', assertionResults: [] },
    ],
  }
  const counts = countVitest(report, '/p')
  expect(counts).toMatchObject({ passed: 1, failed: 2 })
  expect(counts.skipped).toEqual([
    { name: 'main/a.test.ts > reads MNIST (shared data)', reason: 'shared data absent' },
  ])
  expect(counts.failures.join()).toContain('no such module')
})

it('finds what a process said when it died', () => {
  const log = [
    '✓ adds',
    '',
    '',
    '',
    '# Fatal error in , line 0',
    '# Check failed: page.',
    '',
    '',
    '',
    '',
    '✓ divides',
  ]
  expect(lastWords(log.join('\n'))).toContain('Check failed: page.')
  expect(lastWords(log.join('\n'))).not.toContain('✓')
  expect(lastWords('✓ adds')).toBe('')
})

it('reads Playwright, nested suites, flaky tests and errors before the first test', () => {
  const test = (status, annotations = []) => ({ projectName: 'browser', status, annotations, results: [] })
  const report = {
    errors: [{ message: 'no config' }],
    suites: [
      {
        title: 'boot.spec.ts',
        specs: [{ title: 'boots', tests: [test('expected')] }],
        suites: [
          {
            title: 'inner',
            specs: [
              { title: 'wobbles', tests: [test('flaky')] },
              {
                title: 'waits',
                tests: [test('skipped', [{ type: 'skip', description: 'shared data absent' }])],
              },
            ],
          },
        ],
      },
    ],
  }
  const counts = countPlaywright(report)
  expect(counts).toMatchObject({ passed: 1, failed: 2 })
  expect(counts.skipped).toEqual([
    { name: 'browser > boot.spec.ts > inner > waits', reason: 'shared data absent' },
  ])
})
