/** What a checkpoint is evaluated on: the data it was trained on, or other data read as those were. */
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Dataset, Part } from '../../common/data/dataset.ts'
import { UserError } from '../../common/errors.ts'
import type { EvaluateQuery } from '../../common/evaluation/evaluation.ts'
import type { Progress } from '../../common/schemas.ts'
import { readAs, type Maker } from '../../data/index.ts'
import type { Store } from '../../store/index.ts'
import type { Task } from '../../training/questions.ts'
import type { Asked } from './trained.ts'

export interface EvaluatedData {
  dataset: Dataset
  folder: string
  /** Of the data set. */
  part: Part
  name: string
  notes: string[]
  /** Null where it is a data set of the workspace. */
  remove: (() => Promise<void>) | null
}

/** @throws UserError `data/unknown`, `evaluate/empty-split`, and as `readAs` does */
export async function evaluatedData(
  { dataset: own, preparation }: Asked,
  { datasetId, path, split: part }: EvaluateQuery,
  { store, datasetsFolder, make }: { store: Store; datasetsFolder: string; make: Maker },
  { signal, onProgress }: Task<Progress>,
): Promise<EvaluatedData> {
  const wanted = path !== null ? null : datasetId === null ? own : store.datasets.get(datasetId)
  if (wanted && preparedAlike(own, wanted)) {
    if (samplesIn(wanted, part) === 0) throw emptySplit(wanted.name, part)
    const { mean, std, channels } = own
    const folder = join(datasetsFolder, wanted.id)
    const dataset = { ...wanted, mean, std, channels }
    return { dataset, folder, part, name: wanted.name, notes: [], remove: null }
  }
  const { dataset, folder, remove } = await readAs(
    path ?? wanted?.path ?? '',
    wanted?.options ?? null,
    { fitted: { preparation, dataset: own }, part },
    { datasetsFolder, signal, onProgress },
    make,
  )
  return {
    dataset,
    folder,
    part: 'validation',
    name: wanted?.name ?? dataset.path,
    notes: dataset.notes,
    remove,
  }
}

/** Images of the same classes that were made the same way need not be read again. */
function preparedAlike(own: Dataset, other: Dataset): boolean {
  if (own.id === other.id) return true
  const madeBy = ({ task, content, sampleShape, buckets, classes, options }: Dataset): unknown => ({
    task,
    content,
    sampleShape,
    buckets,
    classes: classes.map(({ name }) => name),
    image: options.image,
  })
  const images = own.options.text === null && own.options.table === null
  return images && isDeepStrictEqual(madeBy(own), madeBy(other))
}

export function samplesIn(dataset: Dataset, part: Part): number {
  const { trainCount, validationCount, testCount } = dataset
  return {
    train: trainCount,
    validation: validationCount,
    test: testCount,
    all: trainCount + validationCount + testCount,
  }[part]
}

const emptySplit = (name: string, part: Part): UserError =>
  new UserError({
    code: 'evaluate/empty-split',
    what: `"${name}" has no ${part} samples.`,
    mend: 'Choose another part of it, or import it with a share for that.',
  })
