/** Reading a data set's source again: what changed becomes a data set of its own, for runs keep theirs. */
import { join } from 'node:path'
import { UserError } from '../common/errors.ts'
import type { Dataset, Refreshed } from '../common/data/dataset.ts'
import type { Progress } from '../common/schemas.ts'
import { bringUpToDate, changesBetween, createPace, dayOf, sourceChange, type Maker } from '../data/index.ts'
import type { Store } from '../store/index.ts'
import { importTask } from './importService.ts'

/** In the list and on the disk. */
export async function renameDataset(
  dataset: Dataset,
  name: string,
  workspace: string,
  store: Store,
): Promise<Dataset> {
  const { path, source } = dataset
  const renamed = await bringUpToDate(dataset, { name, path, source }, join(workspace, 'datasets'))
  store.datasets.put(renamed)
  return renamed
}

/** @throws UserError `data/source-gone`, and what an import may refuse; the older data set stays as it is then */
export async function* refreshTask(
  datasetId: string,
  workspace: string,
  store: Store,
  make: Maker,
  signal?: AbortSignal,
): AsyncGenerator<Progress, Refreshed, void> {
  const before = store.datasets.get(datasetId)
  const pace = createPace(signal)
  const { state, what } = await sourceChange(before, pace)
  if (state === 'gone')
    throw new UserError({
      code: 'data/source-gone',
      what: `"${before.name}" cannot be read again. ${what}`,
      mend: 'Put it back there, or import it from where it is now. The stored copy can be trained on as before.',
    })
  const others = store.datasets.list()
  const options = { ...before.options, name: before.name }
  let after = yield* importTask({ path: before.path, options }, workspace, store, make, signal)
  const changes = await changesBetween(before, after, join(workspace, 'datasets'), pace)
  if (after.id === before.id) return { dataset: after, changes }

  // The content was imported before, perhaps under another name.
  const known = others.find(({ id }) => id === after.id)
  if (known) after = await renameDataset(after, known.name, workspace, store)
  else {
    const name = olderName(before, others)
    await renameDataset(before, name, workspace, store)
    changes.sentences.push(`As it was before, it stays in the list as "${name}"${usedBy(before, store)}.`)
  }
  return { dataset: after, changes }
}

/** `cats (until 2026-03-31)`, as the new one takes the name. */
function olderName({ name }: Dataset, others: readonly Dataset[]): string {
  const until = ` (until ${dayOf(Date.now())})`
  const base = name.slice(0, 100) + until
  const taken = new Set(others.map((other) => other.name))
  for (let number = 1; ; number += 1) {
    const candidate = number === 1 ? base : `${base} ${number}`
    if (!taken.has(candidate)) return candidate
  }
}

function usedBy({ id }: Dataset, store: Store): string {
  const runs = store.runs.list().filter((run) => run.datasetId === id).length
  if (runs === 0) return '; no run was trained on it, so it may be removed'
  return `, for the ${runs === 1 ? 'run' : `${runs} runs`} trained on it`
}
