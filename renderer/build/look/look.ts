/**
 * One batch: forward and backward once, every layer's result shown on its node until the model changes. And the
 * measured cost of a training step. Both are questions to the engine that change nothing.
 */
import { create } from 'zustand'
import type { ModelDocument } from '../../../main/common/document.ts'
import type { Forecast, NodeLook, OneBatch } from '../../../main/common/inspection.ts'
import { computation } from '../../../main/common/settings.ts'
import { client } from '../../client.ts'
import { chosenDataset } from '../../state/datasets.ts'
import { complain } from '../../state/notices.ts'
import { usePreferences } from '../../state/preferences.ts'
import { useModel } from '../store.ts'

/** An answer holds for this model and data only. */
interface Subject {
  /** The document without positions and names. */
  computed: string
  datasetId: string
}

interface LookState {
  asking: 'batch' | 'forecast' | null
  batch: { subject: Subject; answer: OneBatch; byNode: ReadonlyMap<string, NodeLook> } | null
  forecast: { subject: Subject; answer: Forecast } | null
}

export const useLook = create<LookState>(() => ({ asking: null, batch: null, forecast: null }))

function subject(): { document: ModelDocument; subject: Subject } | null {
  const dataset = chosenDataset()
  if (!dataset) return null
  const { document } = useModel.getState()
  return { document, subject: { computed: computation(document), datasetId: dataset.id } }
}

async function ask(kind: 'batch' | 'forecast'): Promise<void> {
  const about = subject()
  if (!about || useLook.getState().asking) return
  useLook.setState({ asking: kind })
  const { document, subject: of } = about
  const { config } = usePreferences.getState()
  const question = { document, datasetId: of.datasetId }
  try {
    if (kind === 'forecast') {
      const answer = await client.models.forecast({ ...question, config })
      useLook.setState({ forecast: { subject: of, answer } })
    } else {
      const { batchSize, seed, device } = config
      const answer = await client.models.oneBatch({ ...question, batchSize, seed, device })
      const byNode = new Map(answer.nodes.map((look) => [look.node, look]))
      useLook.setState({ batch: { subject: of, answer, byNode } })
    }
  } catch (error) {
    complain(error)
  } finally {
    useLook.setState({ asking: null })
  }
}

export const lookAtBatch = (): Promise<void> => ask('batch')
export const measureStep = (): Promise<void> => ask('forecast')
export const forgetBatch = (): void => useLook.setState({ batch: null })

// What was seen of another model must not stand on this one.
useModel.subscribe((now, before) => {
  if (now.document === before.document) return
  const { batch, forecast } = useLook.getState()
  if (!batch && !forecast) return
  const computed = computation(now.document)
  useLook.setState({
    batch: batch?.subject.computed === computed ? batch : null,
    forecast: forecast?.subject.computed === computed ? forecast : null,
  })
})
