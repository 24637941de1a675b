/**
 * Imports a table and says what it took: seconds by stage, the most memory, and how long the thread was held at most.
 * Without a path it writes one of a million rows and ten columns first. How long the thread was held is given as time and as
 * processor time of the thread, which other work on the machine does not stretch.
 *
 *     node main/data/measure/table.ts [PATH|ROWS] [codes|quantile]
 */
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { importDataset, inspect } from '../index.ts'

const folder = await mkdtemp(join(tmpdir(), 'tapedeck-bench-'))
try {
  const [given, how = ''] = process.argv.slice(2)
  const rows = given === undefined ? 1_000_000 : Number(given)
  const path = given && Number.isNaN(rows) ? given : await write(join(folder, 'rows.csv'), rows)
  const { options } = await inspect(path)
  if (options.table && how === 'codes') options.table.categories = 'codes'
  if (options.table && how === 'quantile')
    Object.assign(options.table, { scaling: 'quantile', missing: 'median' })
  const delay = monitorEventLoopDelay({ resolution: 5 })
  const stages = new Map<string, number>()
  let stage = 'Looking'
  let begun = performance.now()
  let most = 0
  const enter = (next: string): void => {
    stages.set(stage, (stages.get(stage) ?? 0) + performance.now() - begun)
    stage = next
    begun = performance.now()
  }
  let held = 0
  let turns = true
  let before = process.threadCpuUsage()
  const turn = (): void => {
    const { user, system } = process.threadCpuUsage(before)
    before = process.threadCpuUsage()
    held = Math.max(held, (user + system) / 1000)
    if (turns) setImmediate(turn)
  }
  setImmediate(turn)
  delay.enable()
  const processor = process.cpuUsage()
  const start = performance.now()
  const dataset = await importDataset(path, options, {
    datasetsFolder: join(folder, 'datasets'),
    onProgress({ note }) {
      most = Math.max(most, process.memoryUsage.rss())
      if (note !== stage) enter(note)
    },
  })
  enter('')
  turns = false
  const seconds = (performance.now() - start) / 1000
  const { user, system } = process.cpuUsage(processor)
  const imported = dataset.trainCount + dataset.validationCount + dataset.testCount
  const report = {
    rows: imported,
    features: dataset.sampleShape,
    seconds: round(seconds),
    processorSeconds: round((user + system) / 1e6),
    rowsPerSecond: Math.round(imported / seconds),
    mostMegabytes: Math.round(most / 1e6),
    heldMilliseconds: {
      most: round(delay.max / 1e6),
      p99: round(delay.percentile(99) / 1e6),
      mostOfProcessor: round(held),
    },
    stages: Object.fromEntries([...stages].map(([name, spent]) => [name, round(spent / 1000)])),
    checks: dataset.checks?.map(({ kind, count }) => `${kind} ${count}`),
  }
  console.log(JSON.stringify(report, null, 2))
} finally {
  await rm(folder, { recursive: true, force: true })
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}

async function write(path: string, rows: number): Promise<string> {
  const file = createWriteStream(path)
  let state = 1
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
  file.write('id,area,rooms,age,floor,income,town,kind,lift,price\n')
  for (let row = 0; row < rows;) {
    let text = ''
    for (const end = Math.min(rows, row + 1000); row < end; row += 1) {
      const [area, age] = [20 + 180 * random(), 90 * random()]
      const cells = [
        row,
        area.toFixed(2),
        random() < 0.01 ? '' : Math.floor(1 + 7 * random()),
        age.toFixed(1),
        Math.floor(12 * random()),
        (1000 + 5000 * random()).toFixed(0),
        `town ${Math.floor(40 * random())}`,
        'abcde'[Math.floor(5 * random())],
        random() < 0.5 ? 'yes' : 'no',
        (30 * area - 4 * age + 100 * random()).toFixed(1),
      ]
      text += `${cells.join(',')}\n`
    }
    if (!file.write(text)) await new Promise<void>((resolve) => file.once('drain', () => resolve()))
  }
  await new Promise<void>((resolve) => file.end(() => resolve()))
  return path
}
