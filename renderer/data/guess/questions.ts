/** What is asked of a source before it is imported: some samples as they would be read, and what becomes of its texts. */
import { importOptionsSchema, type ImportOptions } from '../../../main/common/data/options.ts'
import type { Glimpse, Survey } from '../../../main/common/data/guess.ts'
import { resultOf } from '../../../main/common/resultOf.ts'
import { client } from '../../client.ts'
import { useAnswer, type Answered, type Ask } from './useAnswer.ts'

interface Question {
  path: string
  options: ImportOptions
}

const read = (question: string): Question => JSON.parse(question) as Question

const askGlimpse: Ask<Glimpse> = (question, signal) => client.data.glimpse(read(question), { signal })

const askSurvey: Ask<Survey> = async (question, signal, report) => {
  const stream = await client.data.survey(read(question), { signal })
  return resultOf(stream, report)
}

/** @param wrong while an option is not allowed nothing is asked */
export function useGlimpse(path: string, options: ImportOptions, wrong: boolean): Answered<Glimpse> {
  const question = wrong ? null : JSON.stringify({ path, options: seenInGlimpse(options) })
  return useAnswer(question, askGlimpse)
}

/** Of texts only. @param wrong as of `useGlimpse` */
export function useSurvey(path: string, options: ImportOptions, wrong: boolean): Answered<Survey> {
  const { text } = options
  const question = wrong || !text ? null : JSON.stringify({ path, options: seenInSurvey(options, text) })
  return useAnswer(question, askSurvey)
}

/** The options with everything left as it is that changes nothing of what is shown. */
function seenInGlimpse({ kind, image, columns, table }: ImportOptions): ImportOptions {
  return importOptionsSchema.parse({
    kind,
    name: 'glimpse',
    validationShare: 0.2,
    image,
    text: null,
    columns,
    table: table && { target: table.target, task: table.task, leaveOut: [], header: table.header },
  })
}

/** Lengths are counted before anything is cut: the slider asks nothing. Neither does the name. */
const seenInSurvey = (options: ImportOptions, text: NonNullable<ImportOptions['text']>): ImportOptions =>
  importOptionsSchema.parse({ ...options, name: 'survey', text: { ...text, maximumLength: 4096 } })
