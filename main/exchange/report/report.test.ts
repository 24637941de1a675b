import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Bucket } from '../../common/schemas.ts'
import { filledWorkspace, type Workspace } from '../workspaceFixture.ts'
import { reportContent } from './content.ts'
import { reportMarkdown, spread } from './markdown.ts'
import { lineChart } from './svg.ts'
import { writeReport } from './write.ts'

let workspace: Workspace
let folder: string
beforeAll(() => {
  workspace = filledWorkspace()
  workspace.store.runs.annotate(1, { group: 'seeds' })
  folder = mkdtempSync(join(tmpdir(), 'tapedeck-report-'))
})
afterAll(() => {
  workspace.remove()
  rmSync(folder, { recursive: true, force: true })
})

const markdown = (metrics: string[] | null = null): string =>
  reportMarkdown(reportContent(workspace.store, [1, 2], metrics), {
    date: new Date(0),
    version: '9',
    chart: ({ name }) => `${name}.svg`,
  })

describe('text', () => {
  test('says what differs, the results, replicates, notes, data and environment', () => {
    const text = markdown()
    expect(text).toContain('| seed | 40 | 41 |')
    expect(text).toContain('| Data set | Fingerprint |')
    expect(text).toContain('`63fca720ba32088a` | not in this workspace any more |')
    expect(text).toContain('| seeds | 2 | val/loss |')
    expect(text).toContain('> two  \n> lines \\| with a bar')
    expect(text).toContain('engine 1, AVX2')
    const { min, minStep, last } = workspace.store.runs.get(1).summaries['val/loss']!
    const row = text.split('\n').find((line) => line.startsWith('| 1 | first |') && line.endsWith('| 4 |'))
    expect(row).toContain(String(Number(min.toPrecision(4))))
    expect(row).toContain(`| ${minStep} | ${Number(last.toPrecision(4))} |`)
  })

  test('a name cannot break out of its cell or become mark-up', () => {
    workspace.store.runs.rename(1, 'a | b <script>alert(1)</script> [x](y)\n# c')
    const text = markdown(['val/loss'])
    workspace.store.runs.rename(1, 'first')
    expect(text).not.toContain('<script>')
    expect(text).toContain('a \\| b &lt;script>alert(1)&lt;/script> \\[x\\](y) \\# c')
    const rows = text.split('\n').filter((line) => line.startsWith('| 1 |'))
    for (const row of rows) expect(row.match(/(?<!\\)\|/g)!.length).toBeGreaterThan(5)
  })

  test('the deviation is that of a sample', () => {
    expect(spread([2, 4, 4, 4, 5, 5, 7, 9])).toEqual({ mean: 5, deviation: Math.sqrt(32 / 7) })
  })
})

describe('charts', () => {
  const bucket = (step: number, min: number, max = min): Bucket => ({
    step,
    lastStep: step,
    min,
    max,
    mean: (min + max) / 2,
    last: max,
    epoch: 0,
    seconds: 0,
  })
  const heights = (svg: string): number[] => [...svg.matchAll(/V([\d.]+)/g)].map(([, y]) => Number(y))

  test('a spike of one step reaches the top', () => {
    const buckets = Array.from({ length: 50 }, (_, i) => bucket(i, 1, i === 20 ? 9 : 1.5))
    expect(Math.min(...heights(lineChart('loss', [{ runId: 1, name: 'a', buckets }])))).toBe(0)
  })

  test.each([
    ['one point', [bucket(3, 2)]],
    ['none', []],
    ['all equal', [bucket(1, 5), bucket(2, 5)]],
    ['many powers of ten', [bucket(1, 1e-6), bucket(2, 1e3)]],
    ['negative', [bucket(1, -5), bucket(2, -2)]],
  ])('%s: every number is finite', (_, buckets) => {
    const svg = lineChart('x & "y" <z>', [{ runId: 3, name: '<b>', buckets }])
    expect(svg).not.toMatch(/NaN|Infinity|undefined|<z>|<b>/)
    expect(svg).toMatch(/^<svg [^]*<\/svg>\n$/)
  })
})

test('a folder that is no report is never written over', async () => {
  const path = join(folder, 'mine')
  mkdirSync(path)
  writeFileSync(join(path, 'thesis.md'), 'years')
  const request = { runIds: [1], metrics: null, path, version: '9' }
  const { signal } = new AbortController()
  for (const replace of [false, true])
    await expect(writeReport(workspace.store, { ...request, replace }, signal)).rejects.toThrow()
  expect(readFileSync(join(path, 'thesis.md'), 'utf8')).toBe('years')
  const own = { ...request, path: join(folder, 'own') }
  await writeReport(workspace.store, { ...own, replace: false }, signal)
  await writeReport(workspace.store, { ...own, replace: true }, signal)
  expect(readFileSync(join(folder, 'own', 'report.md'), 'utf8')).toContain('# first')
})
