/** Starting and steering a run, and why it cannot be started yet. */
import { useMemo } from 'react'
import { create } from 'zustand'
import { frozenIn } from '../../main/common/frozen.ts'
import type { TrainChanges, TrainConfig } from '../../main/common/training.ts'
import { client } from '../client.ts'
import { useBeginning } from './beginning.ts'
import { chosenDataset, useChosenDataset } from './datasets.ts'
import { isActive, useLive } from './live.ts'
import { useAnalysis, useModel } from './model.ts'
import { complain } from './notices.ts'
import { goTo, type Page } from './pages.ts'
import { usePreferences } from './preferences.ts'

/** What stands in the way of training, and the page where it is mended. */
export interface Obstacle {
  what: string
  page: Page
  /** Text of the button that leads there. */
  go: string
}

export function useObstacles(): Obstacle[] {
  const dataset = useChosenDataset()
  const analysis = useAnalysis(dataset)
  return useMemo(() => {
    const found: Obstacle[] = []
    if (!dataset) found.push({ what: 'No data is chosen.', page: 'data', go: 'Choose data' })
    if (analysis.nodes.size === 0) {
      found.push({ what: 'There is no model yet.', page: 'build', go: 'Build a model' })
      return found
    }
    const [problem] = analysis.problems
    const more = analysis.problems.length - 1
    const rest = more > 0 ? ` And ${more} more ${more === 1 ? 'problem' : 'problems'}.` : ''
    if (problem) found.push({ what: problem.message + rest, page: 'build', go: 'Mend the model' })
    return found
  }, [dataset, analysis])
}

/** True from the click until the services have a run. */
export const useStarting = create<{ starting: boolean }>(() => ({ starting: false }))

/** Starts a run with the chosen data, the model on the canvas and the given or remembered settings. */
export async function startTraining(config: TrainConfig = usePreferences.getState().config): Promise<void> {
  const dataset = chosenDataset()
  if (useStarting.getState().starting || !dataset || isActive(useLive.getState().live)) return
  useStarting.setState({ starting: true })
  try {
    const { document } = useModel.getState()
    await client.training.start({
      document,
      datasetId: dataset.id,
      config: frozenIn(config, document),
      name: null,
      weights: useBeginning.getState().path.trim() || null,
    })
    // Meant for one run.
    useBeginning.setState({ path: '' })
    goTo('train')
  } catch (error) {
    complain(error)
  } finally {
    useStarting.setState({ starting: false })
  }
}

const steer =
  (call: (input: { runId: number }) => Promise<unknown>) =>
  async (runId: number): Promise<void> => {
    await call({ runId }).catch(complain)
  }

export const pauseTraining = steer((input) => client.training.pause(input))
export const resumeTraining = steer((input) => client.training.resume(input))
export const stopTraining = steer((input) => client.training.stop(input))
export const stepTraining = steer((input) => client.training.step(input))
export const stopAfterEpoch = steer((input) => client.training.stopAfterEpoch(input))
/** Goes on with a run that has ended. */
export const resumeRun = steer((input) => client.training.resumeRun(input))

/** Takes effect before the next step. @returns whether it was taken */
export async function changeTraining(runId: number, changes: TrainChanges): Promise<boolean> {
  try {
    await client.training.change({ runId, changes })
    return true
  } catch (error) {
    complain(error)
    return false
  }
}

/** A new run that goes on from a checkpoint of another; null: from its start. */
export async function forkRun(
  runId: number,
  checkpointId: number | null,
  changes: Partial<TrainConfig> = {},
): Promise<void> {
  try {
    await client.training.fork({ runId, checkpointId, changes })
    goTo('train')
  } catch (error) {
    complain(error)
  }
}
