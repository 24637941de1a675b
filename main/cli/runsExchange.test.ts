import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Exported, Imported } from '../common/exchange/exchange.ts'
import { filledWorkspace, type Workspace } from '../exchange/workspaceFixture.ts'
import { runsCommand } from './runs.ts'

let source: Workspace
let folder: string
let printed: string
let told: string
beforeEach(() => {
  source = filledWorkspace()
  folder = mkdtempSync(join(tmpdir(), 'tapedeck-cli-'))
  printed = told = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => Boolean((printed += String(text))))
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => Boolean((told += String(text))))
})
afterEach(() => {
  vi.restoreAllMocks()
  source.remove()
  rmSync(folder, { recursive: true, force: true })
})

const path = (name: string): string => join(folder, name)
const from = (): string[] => ['--workspace', source.folder, '--json']
const into = (): string[] => ['--workspace', path('other'), '--json']
const answer = <T>(): T => JSON.parse(printed.trim().split('\n').at(-1)!) as T

test('an archive out, in, and in again', async () => {
  // The workspace is open for writing all the while, as a window has it.
  expect(await runsCommand.run(['export', '1', '2', '--out', path('a.tapedeck'), ...from()])).toBe(0)
  expect(answer<Exported>()).toMatchObject({ runs: 2, points: 88, checkpoints: 4 })
  expect(await runsCommand.run(['import', path('a.tapedeck'), ...into()])).toBe(0)
  expect(answer<Imported[]>()[0]).toMatchObject({
    kind: 'archive',
    runs: [{ name: 'first' }, { id: 2 }],
    points: 88,
  })
  await runsCommand.run(['import', path('a.tapedeck'), ...into()])
  expect(answer<Imported[]>()[0]).toMatchObject({ runs: [], known: [{ id: 1 }, { id: 2 }] })
  expect(told).toContain('2 runs are here already.')
})

test('a table of metrics whose columns are named', async () => {
  writeFileSync(path('log.csv'), 'it,fold,loss\n5,x,1\n6,y,3\n')
  await runsCommand.run(['import', path('log.csv'), '--step', 'it', '--run', 'fold', ...into()])
  expect(answer<Imported[]>()[0]).toMatchObject({
    kind: 'metrics',
    metrics: 1,
    runs: [{ name: 'x' }, { name: 'y' }],
    points: 2,
  })
})

test('a report as one file, and as a folder', async () => {
  await runsCommand.run(['report', '1', '2', '--out', path('report.md'), ...from()])
  const text = readFileSync(path('report.md'), 'utf8')
  expect(text).toContain('# Comparison of 2 runs')
  expect(text).toContain('(data:image/svg+xml;base64,')
  await runsCommand.run(['report', '1', '--metric', 'val/loss', '--out', path('report'), ...from()])
  expect(readFileSync(path('report/report.md'), 'utf8')).toContain('![val/loss](charts/1-val-loss.svg)')
  expect(existsSync(path('report/charts/1-val-loss.svg'))).toBe(true)
})

test.each([
  [['export', '--out', 'x'], 'Which runs is missing.'],
  [['export', 'one', '--out', 'x'], '"one" is not the number of a run.'],
  [['export', '1'], 'Where to write is missing.'],
  [['export', '1', '--out', 'x', '--format', 'xml'], '--format is "xml".'],
  [['import'], 'What to import is missing.'],
])('%s is not understood', async (args, what) => {
  await expect(runsCommand.run(args)).rejects.toMatchObject({ what })
})
