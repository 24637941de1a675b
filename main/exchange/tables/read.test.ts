import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { gather, quiet, type Gathered } from '../fixture.ts'
import { parseLine } from './line.ts'
import { lookAtTable, readTable } from './read.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tapedeck-tables-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function written(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}
const points = (run: Gathered | undefined, metric: string): [number, number][] =>
  run?.curves.get(metric)?.map(({ step, value }) => [step, value]) ?? []

describe('CSV', () => {
  test('wide, with the gaps that Lightning leaves', async () => {
    mkdirSync(join(folder, 'version_3'))
    const path = written(
      'version_3/metrics.csv',
      'epoch,lr,step,train_loss,val_loss\n0,0.1,9,1.5,\n0,,9,,1.25\n1,0.05,19,0.5,\n1,,19,,0.75\n',
    )
    const { runs, notes } = await gather(readTable(path, 'csv', null, quiet))
    const run = runs.get('version_3')
    expect([...run!.curves.keys()]).toEqual(['lr', 'train_loss', 'val_loss'])
    expect(points(run, 'val_loss')).toEqual([
      [9, 1.25],
      [19, 0.75],
    ])
    expect(run!.curves.get('train_loss')!.map(({ epoch }) => epoch)).toEqual([0, 1])
    expect(notes).toEqual([])
    expect(run!.run).toMatchObject({ name: 'version_3', steps: 19, origin: { kind: 'csv' }, config: null })
  })

  test('long, several runs, semicolons, a mark at its beginning, times', async () => {
    const path = written(
      'long.csv',
      '\ufeffrun;metric;step;value;timestamp\na;loss;1;0.5;2024-05-01T10:00:00Z\nb;loss;1;0.25;2024-05-01T10:00:00Z\n' +
        'a;loss;0;1;2024-05-01T09:59:50Z\nb;;2;3;2024-05-01T10:00:00Z\na;loss;x;3;2024-05-01T10:00:00Z\n',
    )
    const { runs, notes } = await gather(readTable(path, 'csv', null, quiet))
    expect([...runs.keys()]).toEqual(['a', 'b'])
    expect(runs.get('a')!.curves.get('loss')).toEqual([
      { step: 0, value: 1, epoch: 0, seconds: 0 },
      { step: 1, value: 0.5, epoch: 0, seconds: 10 },
    ])
    expect(runs.get('a')!.run.createdAt).toBe(Date.parse('2024-05-01T09:59:50Z'))
    expect(notes).toEqual([
      '1 rows without a whole number from 0 on in “step” were left out.',
      '1 rows without a metric’s name or a number were left out.',
    ])
  })

  test('without a step column rows are counted; NaN is told', async () => {
    const path = written('counted.csv', 'loss,comment\n1,a\nnan,b\n0.5,c\n')
    const look = await lookAtTable(path, 'csv')
    expect(look.reasons).toContain('No column of whole numbers is called step: rows are counted.')
    expect(look.reading).toMatchObject({ step: null, metrics: ['loss'] })
    const { runs, notes } = await gather(readTable(path, 'csv', null, quiet))
    expect(points(runs.get('counted'), 'loss')).toEqual([
      [0, 1],
      [2, 0.5],
    ])
    expect(notes).toEqual(['loss is NaN at step 1 in “counted”; a curve cannot show that.'])
  })

  test('TensorBoard’s own download has one metric called Value', async () => {
    const path = written('tb.csv', 'Wall time,Step,Value\n1700000000.5,0,2.25\n1700000001.5,1,2.125\n')
    const { runs } = await gather(readTable(path, 'csv', null, quiet))
    const run = runs.get('tb')
    expect(points(run, 'Value')).toEqual([
      [0, 2.25],
      [1, 2.125],
    ])
    expect(run!.run.createdAt).toBe(1_700_000_000_500)
  })

  test('read otherwise than guessed', async () => {
    const path = written('other.csv', 'it,fold,a,b\n5,x,1,2\n6,y,3,4\n')
    const { reading } = await lookAtTable(path, 'csv')
    expect(reading).toMatchObject({ step: null, run: null, metrics: ['it', 'a', 'b'] })
    const chosen = { ...reading, step: 'it', run: 'fold', metrics: ['b'] }
    const { runs } = await gather(readTable(path, 'csv', chosen, quiet))
    expect(points(runs.get('x'), 'b')).toEqual([[5, 2]])
    expect(points(runs.get('y'), 'b')).toEqual([[6, 4]])
    expect([...runs.get('x')!.curves.keys()]).toEqual(['b'])
    await expect(gather(readTable(path, 'csv', { ...chosen, step: 'gone' }, quiet))).rejects.toMatchObject({
      code: 'exchange/column',
      what: 'There is no column “gone”.',
    })
  })

  test.each([
    ['empty', '', 'exchange/damaged'],
    ['a header alone', 'step,loss\n', 'exchange/nothing'],
    ['no numbers', 'step,loss\n1,high\n2,low\n', 'exchange/nothing'],
    ['an open quote', `step,loss\n1,"2\n${'x'.repeat(100)}`, 'exchange/damaged'],
  ])('%s is refused', async (_, text, code) => {
    const path = written('bad.csv', text)
    await expect(gather(readTable(path, 'csv', null, quiet))).rejects.toMatchObject({ code })
  })
})

describe('JSON lines', () => {
  test('nested values, NaN as Python writes it, an incomplete last line', async () => {
    const path = written(
      'log.jsonl',
      '{"step": 1, "loss": 2, "val": {"loss": 3}}\n{"step": 2, "loss": NaN, "note": "NaN"}\n\n{"step": 3, "lo',
    )
    const { runs, notes } = await gather(readTable(path, 'lines', null, quiet))
    const [run] = runs.values()
    expect(points(run, 'loss')).toEqual([[1, 2]])
    expect(points(run, 'val/loss')).toEqual([[1, 3]])
    expect(notes[0]).toBe('The last line is incomplete and was left out, as while a program still writes.')
    expect(notes[1]).toMatch(/^loss is NaN at step 2/)
  })

  test('what a run is and where it went on are no rows; what comes again after that counts once', async () => {
    const path = written(
      'project.jsonl',
      '{"tapedeck": "start", "name": "wide", "started": 1764300000.25, "model": "MLP", "settings": {"lr": 0.1}, "from": {"run": 7, "name": "narrow", "step": 4}}\n' +
        '{"step": 1, "loss": 3}\n{"step": 2, "loss": 2}\n{"step": 3, "loss": 1}\n{"step": 4, "lo' +
        '\n{"tapedeck": "start", "step": 1}\n{"step": 2, "loss": 20}\n{"tapedeck": "end"}\n',
    )
    const { runs, notes } = await gather(readTable(path, 'lines', null, quiet))
    const [run] = runs.values()
    expect(points(run, 'loss')).toEqual([
      [1, 3],
      [2, 20],
    ])
    expect([...run!.curves.keys()]).toEqual(['loss'])
    expect(run!.run).toMatchObject({
      name: 'wide',
      modelName: 'MLP',
      createdAt: 1_764_300_000_250,
      from: { run: 7, name: 'narrow', step: 4 },
      origin: { kind: 'csv', name: 'wide', settings: { lr: 0.1 } },
    })
    expect(notes).toEqual(['1 lines are no JSON objects and were left out.'])
    const other = written(
      'other.jsonl',
      '{"config": {"lr": 0.5}, "name": "a"}\n{"step": 1, "config": {"x": 1}, "loss": 1}\n',
    )
    const { runs: others } = await gather(readTable(other, 'lines', null, quiet))
    expect([...others.values()][0]!.run).toMatchObject({ name: 'a', origin: { settings: { lr: 0.5 } } })
  })

  test.each([
    [
      'failed',
      '{"tapedeck": "end", "status": "failed", "reason": "Out of memory."}\n',
      'failed',
      'Out of memory.',
    ],
    ['stopped', '{"tapedeck": "end", "status": "stopped"}\n', 'stopped', undefined],
    [
      'gone on with',
      '{"tapedeck": "end", "status": "failed"}\n{"step": 2, "loss": 2}\n',
      'finished',
      undefined,
    ],
  ])('a run that its last lines call %s', async (_, ending, status, what) => {
    const path = written(
      'ended.jsonl',
      `{"tapedeck": "start", "name": "a"}\n{"step": 1, "loss": 3}\n${ending}`,
    )
    const { runs } = await gather(readTable(path, 'lines', null, quiet))
    const { run } = [...runs.values()][0]!
    expect([run.status, run.error?.what]).toEqual([status, what])
  })

  test('lines that are no objects are no rows', () => {
    for (const line of ['', '3', 'null', '[1]', '{"a":', '{"a": NaNa}', 'NaN'])
      expect(parseLine(line), line).toBeNull()
    expect([...parseLine('{"a":{"b":[1],"c":true},"d":-Infinity,"e":"x NaN"}')!]).toEqual([
      ['a/c', true],
      ['d', '-Infinity'],
      ['e', 'x NaN'],
    ])
  })
})
