/**
 * The engine worker: the one thread that owns the native engine, every tensor and the training loop.
 * It talks to the main thread only; never to SQLite, the page or Electron.
 */
import { parentPort } from 'node:worker_threads'
import { toRefusal } from '../common/errors.ts'
import type { EngineInfo } from '../common/schemas.ts'
import type { TrainingLoop } from './loop.ts'
import type { Command, Report, TrainJob } from './protocol.ts'
import { answer, type ProgressOf, type Question, type Topic } from './questions.ts'

const port = parentPort
if (!port)
  throw new Error('[worker] this file runs as a worker thread; start Tapedeck through one of its shells')

const report = (message: Report): void => port.postMessage(message)
const refusal = (error: unknown): ReturnType<typeof toRefusal> & { detail?: string } => {
  const detail = error instanceof Error ? error.stack : undefined
  return { ...toRefusal(error), ...(detail === undefined ? {} : { detail }) }
}

/** Stands beside this file, from source and bundled alike. */
const prefetchUrl = new URL(import.meta.url.replace(/worker(\.\w+)$/, 'prefetchWorker$1'))

let running: TrainingLoop | null = null
/** What is asked of a run that is being made ready, to be heard when it is. */
let early: Command[] | null = null

async function describe(): Promise<void> {
  try {
    const { engineInfo } = await import('../engine/index.ts')
    const info: EngineInfo = engineInfo()
    report({ kind: 'engine', info })
  } catch (error) {
    const { what, ...rest } = refusal(error)
    const mend = 'Run "npm run setup" to build the engine, then start Tapedeck again.'
    report({ kind: 'engine-failed', error: { ...rest, code: 'engine/unavailable', what, mend } })
  }
}

async function train(job: TrainJob): Promise<void> {
  early = []
  try {
    const { TrainingLoop } = await import('./loop.ts')
    running = new TrainingLoop(job, report, prefetchUrl)
    for (const command of early) running.command(command)
    early = null
    const outcome = await running.run()
    report({ kind: 'outcome', outcome })
  } catch (error) {
    const { startingPosition } = await import('./run/cursor.ts')
    const { troubleOf } = await import('./run/trouble.ts')
    const position = startingPosition(job.config)
    const outcome = { runId: job.runId, status: 'failed' as const, position, checkpoint: null }
    report({ kind: 'outcome', outcome: { ...outcome, error: troubleOf(error) } })
  } finally {
    running = null
    early = null
  }
}

/** Questions that are being answered, by number. */
const asked = new Map<number, AbortController>()

async function ask(number: number, question: Question): Promise<void> {
  const cancel = new AbortController()
  asked.set(number, cancel)
  try {
    const task = {
      signal: cancel.signal,
      onProgress: (progress: ProgressOf<Topic>) => report({ kind: 'answering', number, progress }),
      running,
      prefetchUrl,
    }
    const told = await answer(question.topic, question.asked, task)
    report({ kind: 'answer', number, answer: told })
  } catch (error) {
    const { troubleOf } = await import('./run/trouble.ts')
    report({ kind: 'refused', number, error: troubleOf(error) })
  } finally {
    asked.delete(number)
  }
}

port.on('message', (command: Command) => {
  if (command.kind === 'describe') void describe()
  else if (command.kind === 'train') void train(command.job)
  else if (command.kind === 'ask') void ask(command.number, command.question)
  else if (command.kind === 'forget') asked.get(command.number)?.abort()
  else if (running) running.command(command)
  else early?.push(command)
})
