/** The models in the workspace: open another, begin a new one, remove one. */
import { ActionIcon } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useCallback, useEffect, useState } from 'react'
import { emptyDocument } from '../../../main/common/document.ts'
import type { Model } from '../../../main/common/schemas.ts'
import { client } from '../../client.ts'
import { complain } from '../../state/notices.ts'
import { Confirm } from '../../ui/Confirm.tsx'
import { counted, moment } from '../../ui/format.ts'
import { saveNow, useSaving } from '../autosave.ts'
import { select } from '../canvas.ts'
import classes from '../Panel.module.css'
import { useModel } from '../store.ts'

export function SavedModels() {
  const [models, setModels] = useState<readonly Model[]>([])
  const [leaving, setLeaving] = useState<Model | null>(null)
  const current = useModel((s) => s.id)
  const empty = useModel((s) => s.document.nodes.length === 0)
  const saving = useSaving((s) => s.state)

  const load = useCallback(
    (): Promise<void> => client.models.list().then((list) => setModels(list), complain),
    [],
  )
  useEffect(() => {
    // After a save the list has a new name or a new order.
    if (saving !== 'waiting') void load()
  }, [load, saving, current])

  const open = async (id: string | null, document = emptyDocument()): Promise<void> => {
    await saveNow()
    select([])
    useModel.getState().open(id, document)
  }
  const remove = async (id: string): Promise<void> => {
    try {
      await client.models.remove({ id })
    } catch (error) {
      complain(error)
    }
    await load()
  }
  const others = models.filter((model) => model.id !== current)
  if (others.length === 0 && empty) return null
  return (
    <>
      <h3 className={classes.heading}>
        Your models
        <ActionIcon aria-label="New model" title="New model" size={22} onClick={() => void open(null)}>
          <IconPlus size={15} />
        </ActionIcon>
      </h3>
      {others.length === 0 && <p className={classes.hint}>Only this one so far.</p>}
      <ul className={classes.models}>
        {others.map((model) => (
          <li key={model.id}>
            <button
              type="button"
              className={classes.model}
              onClick={() => void open(model.id, model.document)}
            >
              <span>{model.name}</span>
              <small>
                {counted(model.document.nodes.length, 'layer')} · {moment(model.updatedAt)}
              </small>
            </button>
            <ActionIcon aria-label={`Remove ${model.name}`} size={24} onClick={() => setLeaving(model)}>
              <IconTrash size={14} />
            </ActionIcon>
          </li>
        ))}
      </ul>
      <Confirm
        opened={leaving !== null}
        title={`Remove ${leaving?.name ?? ''}?`}
        action="Remove model"
        onClose={() => setLeaving(null)}
        onConfirm={() => leaving && void remove(leaving.id)}
      >
        Runs that were trained with it stay.
      </Confirm>
    </>
  )
}
