import { describe, expect, it } from 'vitest'
import { stream, uniform } from '../random.ts'
import { exampleRun } from '../runFixture.ts'
import type { Run, Summary } from '../schemas.ts'
import { defaultTrainConfig, trainConfigSchema, type TrainConfig } from '../training.ts'
import { addClause, writeClause } from './clause.ts'
import { compile } from './compile.ts'
import { complete } from './complete.ts'
import { FilterError } from './error.ts'
import { Fields } from './fields/index.ts'
import { withoutUnfinished } from './unfinished.ts'
import { settingFields } from './fields/settingFields.ts'

const summary = (first: number, last: number, min: number, max: number): Summary => ({
  ...{ first, last, min, max, count: 5 },
  ...{ firstStep: 1, lastStep: 5, minStep: 3, maxStep: 4 },
})

const run = (id: number, config: Partial<TrainConfig> = {}, more: Partial<Run> = {}): Run => ({
  ...exampleRun({ id, config: { ...defaultTrainConfig, ...config } }),
  ...more,
})

const runs: readonly Run[] = [
  run(
    1,
    { learningRate: 1e-3 },
    {
      datasetName: 'ants_bees',
      tags: ['bad', 'long'],
      summaries: { 'val/loss': summary(2, 0.5, 0.4, 2), 'val/accuracy': summary(0.1, 0.8, 0.1, 0.9) },
    },
  ),
  run(
    2,
    { learningRate: 1e-4, optimizer: 'adam' },
    {
      datasetName: 'ants_bees',
      tags: ['paper'],
      note: 'Try "longer"',
      seconds: 400,
      summaries: { 'val/loss': summary(2, 0.25, 0.2, 2), 'val/accuracy': summary(0.1, 0.75, 0.1, 0.75) },
    },
  ),
  run(
    3,
    { learningRate: 1e-2 },
    { status: 'failed', group: 'my group', createdAt: new Date(2026, 10, 1, 12).getTime() },
  ),
  run(
    4,
    {},
    {
      config: null,
      origin: { kind: 'csv', path: '/x.csv', settings: { learning_rate: 0.5, 'odd name': 'Yes', mixed: 3 } },
      summaries: { 'val/f1/a b': summary(0, 0.5, 0, 0.5) },
    },
  ),
]
const fields = new Fields(runs)

const matching = (text: string): number[] => runs.filter(compile(text, fields)).map(({ id }) => id)

describe('a filter', () => {
  it.each([
    ['', [1, 2, 3, 4]],
    ['val/accuracy > 0.7 and data = "ants_bees" and lr <= 1e-3 and not tag = "bad"', [2]],
    ['val/loss.min < 0.3', [2]],
    ['val/loss.best < 0.3 or val/accuracy.best >= 90%', [1, 2]],
    ['val/accuracy.best_step = 4', [1, 2]],
    ['val/loss.first == 2', [1, 2]],
    // Absent values fail a comparison, and pass its opposite.
    ['val/loss < 100', [1, 2]],
    ['val/loss != 0.5', [2, 3, 4]],
    ['val/loss = none', [3, 4]],
    ['tag = none', [3, 4]],
    ['tag != "bad"', [2, 3, 4]],
    ['tag ~ on', [1]],
    ['optimizer = ADAM', [2]],
    ['optimizer !~ ada and status != failed', [1, 4]],
    ['status in (failed, "running")', [3]],
    ['run not in (1, 2)', [3, 4]],
    ['lr = 0.5', [4]],
    ['learning_rate >= 0.01', [3, 4]],
    ['`odd name` = yes', [4]],
    ['mixed = 3', [4]],
    ['`val/f1/a b`.max > 0', 'error'],
    ['`val/f1/a b.max` > 0', [4]],
    ['time > 5m', [2]],
    ['created = 2026-11-01', [3]],
    ['created >= 2026-11-01 created < 2026-11-02', [3]],
    ['nesterov = no and one_batch = no', [1, 3]],
    // Words.
    ['ants', [1, 2]],
    ['ants adam', []],
    ['"try \\"long"', [2]],
    ['#3', [3]],
    ['failed or 4', [3, 4]],
    ['(failed or paper) and not lr > 0.001', [2]],
    ['NOT (a OR b)', [4]],
  ] as const)('%s', (text, expected) => {
    if (expected === 'error') expect(() => matching(text)).toThrow(FilterError)
    else expect(matching(text)).toEqual(expected)
  })

  it.each([
    ['lr <', 3, 'A value is missing after “<”.'],
    ['> 3', 0, 'Nothing stands before “>”.'],
    ['lr > abc', 5, '“abc” is not a number.'],
    ['lr > "3"', 5, 'lr is a number, and "3" is text.'],
    ['time > 5x', 7, '“5x” is not a number of seconds.'],
    ['data > 3', 7, 'data is text and has no “>”.'],
    ['nesterov = maybe', 11, 'nesterov is yes or no; “= maybe” asks for something else.'],
    ['created > 2026-02-31', 10, '“2026-02-31” is not a day.'],
    ['lrr < 3', 0, 'No run has anything called “lrr”.'],
    ['0.1 < lr', 0, '“0.1” is a value and stands where a name should.'],
    ['(lr < 3', 0, 'The ( at position 1 is not closed.'],
    ['lr < 3)', 6, 'This ) closes nothing.'],
    ['data = "a', 7, 'The " at position 8 is not closed.'],
    ['lr < 3 and', 10, 'A condition is missing here.'],
    ['a or or b', 5, 'A condition is missing here.'],
    ['status in (a b)', 10, 'The list at position 11 is not closed.'],
    ['a ! b', 2, 'A “!” alone says nothing.'],
    ['`lr`', 0, 'lr is compared with nothing.'],
    [`${'('.repeat(200)}a`, 100, 'More than 100 conditions lie inside each other.'],
  ])('%s is refused', (text, start, what) => {
    try {
      compile(text, fields)
    } catch (error) {
      if (!(error instanceof FilterError)) throw error
      expect([error.start, error.what]).toEqual([start, what])
      expect(error.mend).not.toBe('')
      return
    }
    expect.unreachable()
  })

  it('says what was probably meant', () => {
    const mend = (text: string): string => {
      try {
        compile(text, fields)
        return ''
      } catch (error) {
        return (error as FilterError).mend
      }
    }
    expect(mend('val/acc > 1')).toBe('Did you mean val/accuracy?')
    expect(mend('bacth > 1')).toBe('Did you mean batch?')
    expect(mend('zzzzzzz > 1')).toBe('Names are offered as you type.')
  })

  it('whatever is typed is read or refused with its place, and never faults', () => {
    const next = stream(7)
    const pieces = [
      'lr',
      'tag',
      'val/loss.min',
      '`odd name`',
      '<',
      '=',
      '!=',
      '~',
      '!',
      '(',
      ')',
      ',',
      '"a b"',
      '"',
      "'",
      '`',
      'and',
      'or',
      'not',
      'in',
      'none',
      '1e-3',
      '5m',
      '\\',
      'é',
      '😀',
      '',
      ' ',
      '\n',
      '__proto__',
      'constructor',
    ]
    for (let i = 0; i < 20_000; i++) {
      const length = Math.floor(uniform(next) * 12)
      const text = Array.from({ length }, () => pieces[Math.floor(uniform(next) * pieces.length)]).join(
        uniform(next) < 0.7 ? ' ' : '',
      )
      try {
        const found = runs.filter(compile(text, fields))
        // Whatever was asked before, a clause narrows that.
        const narrowed = matching(addClause(text, 'lr < 0.005'))
        expect(narrowed, text).toEqual(found.map(({ id }) => id).filter((id) => id < 3))
      } catch (error) {
        if (!(error instanceof FilterError)) throw new Error(text, { cause: error })
        expect(error.start).toBeGreaterThanOrEqual(0)
        expect(error.end).toBeLessThanOrEqual(text.length)
      }
      const { start, end, options } = complete(
        text,
        Math.floor(uniform(next) * (text.length + 1)),
        fields,
        runs,
      )
      expect(0 <= start && start <= end && end <= text.length && options.length <= 50).toBe(true)
    }
  })
})

describe('a click on a value', () => {
  it('keeps exactly the runs that have it, or the others', () => {
    for (const field of [
      ...fields.plain,
      ...['val/loss.min', 'val/f1/a b.last'].flatMap((name) => fields.find(name) ?? []),
    ])
      for (const { id } of runs) {
        const value = field.read(runs[id - 1] as Run)
        // A moment is written as a day, which is a wider thing.
        if (typeof value === 'object' && value !== null) continue
        if (field.kind === 'moment') continue
        const same = runs.filter((other) => field.read(other) === value).map((other) => other.id)
        expect(matching(writeClause(field.name, value, false)), field.name).toEqual(same)
        expect(matching(writeClause(field.name, value, true)), field.name).toEqual(
          runs.map((other) => other.id).filter((other) => !same.includes(other)),
        )
      }
  })

  it('is written into what is there', () => {
    const clause = writeClause('data', 'a "b"', false)
    expect(clause).toBe('data = "a \\"b\\""')
    expect(addClause('', clause)).toBe(clause)
    expect(addClause('lr < 1', clause)).toBe(`lr < 1 and ${clause}`)
    expect(addClause(`lr < 1 and ${clause}`, clause)).toBe(`lr < 1 and ${clause}`)
    expect(addClause('a or b', clause)).toBe(`(a or b) and ${clause}`)
    expect(addClause('lr <', clause)).toBe(clause)
  })
})

describe('while it is typed', () => {
  it.each([
    ['val/acc', ''],
    ['val/accuracy', ''],
    ['val/accuracy.be', ''],
    ['lr < 1 and val/acc', 'lr < 1'],
    ['(lr < 1) or not (bat', '(lr < 1)'],
    ['ants', null],
    ['data = da', null],
    ['lr < 1 ', null],
  ])('%s is left out until it is a condition: %s', (text, expected) => {
    expect(withoutUnfinished(text, fields)).toBe(expected)
  })
})

describe('completions', () => {
  const offered = (text: string): string[] =>
    complete(text, text.length, fields, runs).options.map(({ insert }) => insert)

  it('are names, operators, values and what joins conditions', () => {
    expect(offered('val/a')).toEqual(['val/accuracy'])
    expect(offered('val/accuracy.m')).toEqual(['val/accuracy.min', 'val/accuracy.max'])
    expect(offered('odd')[0]).toBe('`odd name`')
    expect(offered('lr ')).toContain('<')
    expect(offered('data = ')).toEqual(['"ants_bees"', '"digits"', 'none'])
    expect(offered('data = an')).toEqual(['"ants_bees"'])
    expect(offered('status in ("failed", ')).toContain('"finished"')
    expect(offered('lr < 3 ').slice(0, 2)).toEqual(['and', 'or'])
    expect(offered('lr < 3 and sta')[0]).toBe('status')
    expect(offered('data = "an')).toEqual([])
  })

  it('take the place of the word at the caret', () => {
    expect(complete('val/x > 3', 4, fields, runs)).toMatchObject({ start: 0, end: 5 })
    expect(complete('lr > 3', 3, fields, runs)).toMatchObject({ start: 3, end: 3 })
  })
})

describe('fields', () => {
  it('read every setting: a change to any of them changes one', () => {
    const changed: Record<keyof TrainConfig, Partial<TrainConfig>> = {
      optimizer: { optimizer: 'lion' },
      device: { device: 'cpu' },
      learningRate: { learningRate: 9 },
      momentum: { momentum: 0.1 },
      weightDecay: { weightDecay: 0.5 },
      batchSize: { batchSize: 7 },
      epochs: { epochs: 77 },
      seed: { seed: 9 },
      disabledRewrites: { disabledRewrites: ['a'] },
      tokenBudget: { tokenBudget: 9 },
      balance: { balance: 'weights' },
      augmentation: { augmentation: { flip: true, shift: 0, rotate: 0, colour: 0, cutout: 0, mixup: 0 } },
      probeEvery: { probeEvery: 3 },
      histogramsEvery: { histogramsEvery: 3 },
      nesterov: { nesterov: true },
      betas: { betas: [0.1, 0.2] },
      epsilon: { epsilon: 0.1 },
      alpha: { optimizer: 'rmsprop', alpha: 0.5 },
      decayEverything: { decayEverything: true },
      schedule: { schedule: { ...defaultTrainConfig.schedule, kind: 'cosine' } },
      clipNorm: { clipNorm: 3 },
      clipValue: { clipValue: 3 },
      accumulate: { accumulate: 3 },
      ema: { ema: 0.5 },
      earlyStopping: { earlyStopping: { metric: 'val/loss', patience: 3, minDelta: 0 } },
      precision: { precision: 'bfloat16' },
      deterministic: { deterministic: false },
      checkpoints: { checkpoints: { ...defaultTrainConfig.checkpoints, keep: 9 } },
      overfitBatch: { overfitBatch: true },
      frozen: { frozen: ['embedding'] },
    }
    expect(Object.keys(changed).sort()).toEqual(Object.keys(trainConfigSchema.shape).sort())
    const read = (config: Partial<TrainConfig>): string =>
      JSON.stringify(settingFields.map((field) => field.read(run(1, config))))
    for (const [key, change] of Object.entries(changed)) expect(read(change), key).not.toBe(read({}))
  })

  it('have names of their own', () => {
    const names = fields.plain.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
  })

  it('know the better end of a metric, and are told otherwise', () => {
    const best = (directions: Record<string, 'min' | 'max'>): unknown =>
      new Fields(runs, directions).find('val/loss.best')?.read(runs[0] as Run)
    expect(best({})).toBe(0.4)
    expect(best({ 'val/loss': 'max' })).toBe(2)
  })

  it('read one metric where another was best', () => {
    const at = new Fields(runs, {}, (metric, by) =>
      metric === 'val/accuracy' && by === 'val/loss' ? new Map([[2, 0.7]]) : null,
    )
    const field = at.find('val/accuracy@val/loss')
    expect(runs.map((one) => field?.read(one))).toEqual([null, 0.7, null, null])
    expect(at.find('val/accuracy@nothing')).toBeNull()
  })
})
