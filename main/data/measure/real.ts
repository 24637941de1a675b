/**
 * Trains on real data sets by the command line, as a person would, and prints a table of what is reached and how long it
 * takes. `node main/data/measure/real.ts [--only NAME] [--folder DIR]`; by default the folder `../shared/data` beside the project.
 * Every training is a pure function of its seed: the same build on the same machine prints the same figures.
 */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'

interface Training {
  name: string
  path: string
  model: string
  /** What is typed beside the model and the data; the rest are the template's own settings. */
  typed: string[]
  /** Metric, and what it should be at least (losses: at most). */
  goals: Record<string, number>
  /** What guessing the most frequent class would give. */
  chance?: number
}

const trainings: readonly Training[] = [
  {
    name: 'sms',
    path: 'sms',
    model: 'lstm-text-classifier',
    typed: [],
    goals: { 'val/f1/spam': 0.9 },
  },
  {
    name: 'names',
    path: 'names',
    model: 'gru-text-classifier',
    typed: [],
    goals: { 'val/accuracy': 0.75, 'val/macro-f1': 0.4 },
  },
  {
    name: 'ants_bees',
    path: 'ants_bees',
    model: 'cnn-any-size',
    typed: ['--augment', 'flip,shift=0.1,colour=0.2'],
    goals: { 'val/accuracy': 0.65 },
    chance: 0.54,
  },
  {
    name: 'cifar10_2k',
    path: 'cifar10_2k',
    model: 'cnn-any-size',
    typed: ['--augment', 'flip,shift=0.1'],
    goals: { 'val/accuracy': 0.5 },
    chance: 0.1,
  },
  {
    name: 'shakespeare',
    path: 'shakespeare',
    model: 'small-gpt',
    typed: [],
    goals: { 'val/loss': 2 },
  },
]

interface Result {
  epochs: number
  metrics: Record<string, number>
  seconds: number
  samplesPerSecond: number
}

function train({ path, model, typed }: Training, folder: string, workspace: string): Promise<Result> {
  const args = ['train', '--model', model, '--data', join(folder, path), ...typed]
  return new Promise((done, failed) => {
    execFile(
      process.execPath,
      [resolve('main/cli.ts'), ...args, '--workspace', workspace, '--json'],
      { maxBuffer: 1 << 28 },
      (error, stdout, stderr) => {
        if (error) return failed(new Error(stderr.slice(-2000)))
        done(JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Result)
      },
    )
  })
}

const { values } = parseArgs({
  options: { only: { type: 'string' }, folder: { type: 'string', default: '../shared/data' } },
})
process.stdout.write('| set | model | typed | epochs | seconds | samples/s | reached | goal | chance |\n')
process.stdout.write('| - | - | - | - | - | - | - | - | - |\n')
for (const training of trainings.filter(({ name }) => values.only === undefined || name === values.only)) {
  const workspace = mkdtempSync(join(tmpdir(), 'tapedeck-real-'))
  try {
    const { epochs, metrics, seconds, samplesPerSecond } = await train(
      training,
      resolve(values.folder),
      workspace,
    )
    const goals = Object.entries(training.goals)
    const reached = goals.map(([metric]) => `${metric} ${metrics[metric]?.toFixed(3) ?? 'missing'}`)
    const cells = [
      training.name,
      training.model,
      training.typed.join(' ') || '-',
      epochs,
      seconds.toFixed(0),
      samplesPerSecond.toFixed(0),
      reached.join(', '),
      goals.map(([metric, goal]) => `${metric} ${goal}`).join(', '),
      training.chance ?? '-',
    ]
    process.stdout.write(`| ${cells.join(' | ')} |\n`)
  } finally {
    rmSync(workspace, { recursive: true, force: true })
  }
}
