/** The bin, in place of the table: what lies in it is restored or deleted for ever. */
import { Button } from '@mantine/core'
import { IconArrowBackUp, IconArrowLeft, IconTrash } from '@tabler/icons-react'
import { useElementSize } from '@mantine/hooks'
import { useEffect, useState } from 'react'
import type { Run } from '../../../main/common/schemas.ts'
import { client } from '../../client.ts'
import { complain } from '../../state/notices.ts'
import { restoreRuns, useRuns } from '../../state/runs.ts'
import { Confirm } from '../../ui/Confirm.tsx'
import { counted, moment } from '../../ui/format.ts'
import { VirtualList } from '../../ui/VirtualList.tsx'
import { showBin } from './grid.ts'
import classes from './Table.module.css'

const readBin = (): Promise<Run[]> => client.runs.binned()

export function BinView() {
  const [runs, setRuns] = useState<readonly Run[] | null>(null)
  const [doomed, setDoomed] = useState<readonly Run[] | null>(null)
  const { ref, height } = useElementSize()
  // Somebody else may bin and restore too.
  const list = useRuns((s) => s.list)
  useEffect(() => {
    let current = true
    readBin().then((found) => current && setRuns(found), complain)
    return () => {
      current = false
    }
  }, [list])

  const again = (): void => void readBin().then(setRuns, complain)
  const restore = (run: Run): void => void restoreRuns([run.id])
  const remove = async (gone: readonly Run[]): Promise<void> => {
    try {
      for (const { id } of gone) await client.runs.remove({ runId: id })
    } catch (error) {
      complain(error)
    }
    again()
  }
  if (runs === null) return null
  return (
    <>
      <div className={classes.tools}>
        <Button variant="subtle" leftSection={<IconArrowLeft size={14} />} onClick={() => showBin(false)}>
          All runs
        </Button>
        <span className={classes.counts}>{counted(runs.length, 'run')} in the bin</span>
        <span className={classes.space} />
        <Button
          variant="default"
          color="red"
          disabled={runs.length === 0}
          leftSection={<IconTrash size={14} />}
          onClick={() => setDoomed(runs)}
        >
          Empty the bin…
        </Button>
      </div>
      {runs.length === 0 ? (
        <p className={classes.hint}>
          The bin is empty. Delete moves a run here; nothing of it is lost until the bin is emptied.
        </p>
      ) : (
        <div ref={ref} className={classes.binList}>
          <VirtualList count={runs.length} rowHeight={34} maxHeight={height} label="Runs in the bin">
            {(index) => {
              const run = runs[index]
              return run && <Binned run={run} onRestore={restore} onRemove={() => setDoomed([run])} />
            }}
          </VirtualList>
        </div>
      )}
      <Confirm
        opened={doomed !== null}
        title={`Delete ${doomed?.length === 1 ? `run ${doomed[0]?.id}` : counted(doomed?.length ?? 0, 'run')} for ever?`}
        action="Delete for ever"
        onConfirm={() => void remove(doomed ?? [])}
        onClose={() => setDoomed(null)}
      >
        Curves, notes and checkpoints are deleted from the disk. This cannot be undone.
      </Confirm>
    </>
  )
}

function Binned(props: { run: Run; onRestore: (run: Run) => void; onRemove: () => void }) {
  const { run, onRestore, onRemove } = props
  return (
    <div className={classes.binned}>
      <span className={classes.binnedId}>{run.id}</span>
      <span className={classes.binnedName} title={run.name}>
        {run.name}
      </span>
      <span className={classes.counts}>{run.binnedAt !== null && `binned ${moment(run.binnedAt)}`}</span>
      <Button
        variant="default"
        aria-label={`Restore run ${run.id}`}
        leftSection={<IconArrowBackUp size={14} />}
        onClick={() => onRestore(run)}
      >
        Restore
      </Button>
      <Button variant="subtle" color="red" aria-label={`Delete run ${run.id} for ever`} onClick={onRemove}>
        Delete…
      </Button>
    </div>
  )
}
