/** Asks trained weights: prepares what is given as in training, has the engine worker answer, says it in words. */
import { join } from 'node:path'
import { UserError } from '../../common/errors.ts'
import type {
  Answer,
  Explain,
  Generate,
  Generated,
  Given,
  Subject,
  SubjectQuery,
} from '../../common/predict/subject.ts'
import { inputKind, preparationWords, sampleOf, tokenizerOf, type SingleSample } from '../../data/index.ts'
import type { PredictedFiles, PredictFiles } from '../../common/predict/files.ts'
import type { Progress } from '../../common/schemas.ts'
import type { Store } from '../../store/index.ts'
import type { Task } from '../../training/questions.ts'
import type { EngineHost } from '../engineHost.ts'
import { choicesOf, inUnits, namesOf, notFinite } from './answer.ts'
import type { Evaluations } from './evaluations.ts'
import { explainedOf } from './explained.ts'
import { storedAsked } from './stored.ts'
import { predictFiles } from './filesTask.ts'
import { askedOf, trainedOf, type Asked } from './trained.ts'

export class PredictService {
  readonly #store: Store
  readonly #engine: EngineHost
  readonly #datasetsFolder: string
  readonly #evaluations: Evaluations

  constructor(store: Store, engine: EngineHost, workspace: string, evaluations: Evaluations) {
    this.#evaluations = evaluations
    this.#store = store
    this.#engine = engine
    this.#datasetsFolder = join(workspace, 'datasets')
  }

  /** What weights can be asked. @throws as `askedOf` */
  subject(query: SubjectQuery): Subject {
    const { run, checkpoint, dataset, preparation } = askedOf(this.#store, query)
    const { trainCount, validationCount, testCount } = dataset
    return {
      runId: run.id,
      checkpointId: checkpoint.id,
      step: checkpoint.step,
      task: dataset.task,
      input: inputKind(preparation, dataset),
      names: [...namesOf(dataset, [])],
      preparation: preparationWords(preparation, dataset),
      samples: { train: trainCount, validation: validationCount, test: testCount },
    }
  }

  /**
   * Also while a run trains: between two of its steps.
   * @throws as `askedOf` and `sampleOf` do; `model/too-short`, `model/too-small`, `predict/not-finite`
   */
  async ask(query: SubjectQuery, given: Given, explain: Explain | null): Promise<Answer> {
    const asked = askedOf(this.#store, query)
    const { dataset } = asked
    const { sample, truth } = await this.#sample(asked, given)
    const { values, shape } = sample
    const { outputs, milliseconds, attribution } = await this.#engine.ask('predict', {
      trained: trainedOf(asked),
      samples: [{ values, shape }],
      explain,
    })
    const output = outputs[0] ?? new Float32Array()
    const refusal = notFinite(output)
    if (refusal) throw refusal
    const names = namesOf(dataset, tokensOf(asked))
    const regress = dataset.task === 'regress'
    const numbers = inUnits(output, dataset.targets)
    return {
      choices: regress ? [] : choicesOf(output, names, dataset.task),
      numbers: regress ? dataset.targets.map(({ name }, at) => ({ name, value: numbers[at] ?? NaN })) : [],
      milliseconds,
      seen: sample.seen,
      explained: attribution && (await explainedOf(attribution, sample, names)),
      truth,
    }
  }

  /**
   * Goes on with a text.
   * @throws UserError `predict/no-generation` of anything but a language model, and as `askedOf` does
   */
  async generate(query: SubjectQuery, asked: Generate, task: Task<Generated>): Promise<string> {
    const subject = askedOf(this.#store, query)
    const { dataset, preparation, run } = subject
    if (dataset.task !== 'next-token' || !preparation.text) throw notALanguageModel(run.name)
    const tokenizer = tokenizerOf(preparation.text)
    const prompt = tokenizer.encode(asked.prompt)
    const { stop, most, temperature, topK, seed } = asked
    const stopped = new AbortController()
    const read = (tokens: readonly number[]): string => {
      const whole = tokenizer.decode(tokens)
      const end = stop === null ? -1 : whole.indexOf(stop)
      if (end < 0) return whole
      stopped.abort()
      return whole.slice(0, end)
    }
    const tokens = await this.#engine.ask(
      'generate',
      {
        trained: trainedOf(subject),
        // Something must come before the first token: what stands for nothing in particular.
        prompt: prompt.length > 0 ? prompt : Int32Array.of(newline(tokenizer)),
        temperature,
        topK,
        seed,
        most,
        context: Number(dataset.sampleShape[0]),
        forbidden: [0, 1],
      },
      {
        signal: AbortSignal.any([task.signal, stopped.signal]),
        onProgress: ({ tokens, ...progress }) => {
          task.onProgress({ ...progress, text: read(tokens) })
        },
      },
    )
    task.signal.throwIfAborted()
    return read(tokens)
  }

  /** @throws UserError as `askedOf` and `predictFiles` do */
  files(query: SubjectQuery, asked: PredictFiles, task: Task<Progress>): Promise<PredictedFiles> {
    return predictFiles(askedOf(this.#store, query), asked, this.#engine, task)
  }

  async #sample(asked: Asked, given: Given): Promise<{ sample: SingleSample; truth: string | null }> {
    const { dataset, preparation } = asked
    if (given.kind === 'sample') {
      const { row, evaluationId = null } = given
      const own = { dataset, folder: join(this.#datasetsFolder, dataset.id) }
      const data = evaluationId === null ? own : this.#evaluations.dataOf(evaluationId)
      return storedAsked(data.dataset, preparation, data.folder, row)
    }
    const raw =
      given.kind === 'image' ? { kind: given.kind, bytes: Buffer.from(given.base64, 'base64') } : given
    return { sample: await sampleOf(raw, preparation, true), truth: null }
  }
}

function tokensOf({ dataset, preparation }: Asked): readonly string[] {
  return dataset.task === 'next-token' && preparation.text ? tokenizerOf(preparation.text).tokens : []
}

/** The token of a new line where there is one, else the first that is neither padding nor unknown. */
function newline(tokenizer: ReturnType<typeof tokenizerOf>): number {
  const [id = 2] = tokenizer.encode('\n')
  return id > 1 ? id : 2
}

const notALanguageModel = (name: string): UserError =>
  new UserError({
    code: 'predict/no-generation',
    what: `"${name}" was not trained to go on with a text.`,
    mend: 'Choose a run on running text, such as Small GPT.',
  })
