/** What the Train button does now, and why it may not. */
import { useCallback } from 'react'
import { isActive, useLive } from '../state/live.ts'
import { goTo } from '../state/pages.ts'
import { startTraining, useObstacles, type Obstacle } from '../state/training.ts'

interface TrainAction {
  obstacles: readonly Obstacle[]
  /** Starts a run; with something in the way it opens the Train page, which says what. */
  train: () => void
}

export function useTrainAction(): TrainAction {
  const obstacles = useObstacles()
  const active = useLive((s) => isActive(s.live))
  const blocked = obstacles.length > 0
  const train = useCallback(() => {
    if (active || blocked) goTo('train')
    else void startTraining()
  }, [active, blocked])
  return { obstacles, train }
}
