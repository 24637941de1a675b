/** The measured gain of the rewrites, until the model, the data or the rules change. */
import { create } from 'zustand'
import type { RewriteGain } from '../../../../main/common/inspection.ts'
import { computation } from '../../../../main/common/settings.ts'
import { client } from '../../../client.ts'
import { chosenDataset } from '../../../state/datasets.ts'
import { complain } from '../../../state/notices.ts'
import { usePreferences } from '../../../state/preferences.ts'
import { useModel } from '../../store.ts'

interface Measured {
  asking: boolean
  gain: { about: string; answer: RewriteGain } | null
}

export const useGain = create<Measured>(() => ({ asking: false, gain: null }))

const subject = (): string => {
  const { config, datasetId } = usePreferences.getState()
  const { batchSize, disabledRewrites } = config
  return JSON.stringify([computation(useModel.getState().document), datasetId, batchSize, disabledRewrites])
}

export async function measureGain(): Promise<void> {
  const dataset = chosenDataset()
  if (!dataset || useGain.getState().asking) return
  useGain.setState({ asking: true })
  const about = subject()
  const { document } = useModel.getState()
  const { config } = usePreferences.getState()
  try {
    const answer = await client.models.measureRewrites({ document, datasetId: dataset.id, config })
    useGain.setState({ gain: { about, answer } })
    forget()
  } catch (error) {
    complain(error)
  } finally {
    useGain.setState({ asking: false })
  }
}

function forget(): void {
  const { gain } = useGain.getState()
  if (gain && gain.about !== subject()) useGain.setState({ gain: null })
}
useModel.subscribe(forget)
usePreferences.subscribe(forget)
