/** Looking at data and importing it, with progress on the command line. */
import type { Dataset } from '../common/data/dataset.ts'
import type { Guess, Reading } from '../common/data/guess.ts'
import { resultOf } from '../common/resultOf.ts'
import { typedPath } from '../shells/options.ts'
import type { ProgressLine } from './progressLine.ts'
import type { Client } from './session.ts'

/** What a path, or a sample set by its id, is taken for. */
export async function guessOf(client: Client, data: string): Promise<Guess> {
  const sample = (await client.data.samples()).find(({ id }) => id === data)
  return client.data.inspect({ path: sample?.path ?? typedPath(data) })
}

export async function importReading(
  client: Client,
  { path, options }: Reading,
  progress: ProgressLine,
): Promise<Dataset> {
  const stream = await client.data.import({ path, options })
  const dataset = await resultOf(stream, ({ done, total, note }) =>
    progress.show(`${note}${total > 0 ? ` ${done} of ${total}` : ''}`),
  )
  progress.end(summary(dataset))
  return dataset
}

function summary({ name, trainCount, validationCount, testCount, problemCount }: Dataset): string {
  const parts = `${trainCount} training and ${validationCount} validation samples`
  const test = testCount > 0 ? `, ${testCount} left for a test` : ''
  const aside = problemCount > 0 ? `, ${problemCount} set aside` : ''
  return `${name}: ${parts}${test}${aside}`
}
