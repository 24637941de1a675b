/** The bin, in place of the table: what lies in it is restored or deleted for ever. */
import { Button, Progress } from '@mantine/core'
import { useElementSize } from '@mantine/hooks'
import { IconArrowBackUp, IconArrowLeft, IconTrash } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import type { Run } from '../../../main/common/schemas.ts'
import { restoreRuns, useRuns } from '../../state/runs.ts'
import { Confirm } from '../../ui/Confirm.tsx'
import { bytes, counted, moment } from '../../ui/format.ts'
import { LongName } from '../../ui/LongName.tsx'
import { VirtualList } from '../../ui/VirtualList.tsx'
import { emptyBin, readBin, removeForEver, removeSetAside, stopEmptying, useBin } from './bin.ts'
import { showBin } from './grid.ts'
import classes from './Table.module.css'

export function BinView() {
  const { runs, sizes, setAside, emptying } = useBin()
  /** What a person is asked about: one run, or all of them. */
  const [doomed, setDoomed] = useState<Run | 'all' | null>(null)
  const [asking, setAsking] = useState(false)
  const { ref, height } = useElementSize()
  // Somebody else may bin and restore too.
  const list = useRuns((s) => s.list)
  useEffect(() => void readBin(), [list])

  if (runs === null) return null
  const total = runs.reduce((sum, { id }) => sum + (sizes.get(id) ?? 0), 0)
  return (
    <>
      <div className={classes.tools}>
        <Button variant="subtle" leftSection={<IconArrowLeft size={14} />} onClick={() => showBin(false)}>
          All runs
        </Button>
        <span className={classes.counts}>
          {counted(runs.length, 'run')} in the bin{total > 0 && ` · ${bytes(total)} of checkpoints`}
        </span>
        <span className={classes.space} />
        {emptying ? (
          <>
            <span className={classes.counts}>{emptying.note}</span>
            <Progress
              w={140}
              aria-label="Emptying the bin"
              value={emptying.total > 0 ? (100 * emptying.done) / emptying.total : 0}
            />
            <Button variant="default" onClick={stopEmptying}>
              Stop
            </Button>
          </>
        ) : (
          <Button
            variant="default"
            disabled={runs.length === 0}
            leftSection={<IconTrash size={14} />}
            onClick={() => setDoomed('all')}
          >
            Empty the bin…
          </Button>
        )}
      </div>
      {setAside > 0 && (
        <div className={classes.setAside}>
          <span>
            {bytes(setAside)} of damaged checkpoints were set aside, in the folder checkpoints/set-aside of
            the workspace; their runs say which.
          </span>
          <Button size="compact-sm" variant="subtle" color="red" onClick={() => setAsking(true)}>
            Delete damaged checkpoints…
          </Button>
        </div>
      )}
      {runs.length === 0 ? (
        <p className={classes.hint}>
          The bin is empty. Delete moves a run here; nothing of it is lost until the bin is emptied.
        </p>
      ) : (
        <div ref={ref} className={classes.binList}>
          <VirtualList count={runs.length} rowHeight={34} maxHeight={height} label="Runs in the bin">
            {(index) => {
              const run = runs[index]
              return run && <Binned run={run} size={sizes.get(run.id) ?? 0} onRemove={() => setDoomed(run)} />
            }}
          </VirtualList>
        </div>
      )}
      <Confirm
        opened={doomed !== null}
        title={`Delete ${doomed === 'all' ? counted(runs.length, 'run') : `run ${doomed?.id}`} for ever?`}
        action="Delete for ever"
        onConfirm={() => void (doomed === 'all' ? emptyBin() : doomed && removeForEver(doomed))}
        onClose={() => setDoomed(null)}
      >
        Curves, notes and checkpoints are deleted from the disk. This cannot be undone.
      </Confirm>
      <Confirm
        opened={asking}
        title="Delete damaged checkpoints for ever?"
        action="Delete for ever"
        onConfirm={() => void removeSetAside()}
        onClose={() => setAsking(false)}
      >
        {bytes(setAside)} are deleted from the disk. Whole checkpoints, curves and notes stay. This cannot be
        undone.
      </Confirm>
    </>
  )
}

function Binned({ run, size, onRemove }: { run: Run; size: number; onRemove: () => void }) {
  return (
    <div className={classes.binned}>
      <span className={classes.binnedId}>{run.id}</span>
      <span className={classes.binnedName}>
        <LongName>{run.name}</LongName>
      </span>
      {size > 0 && <span className={classes.counts}>{bytes(size)}</span>}
      <span className={classes.counts}>{run.binnedAt !== null && `binned ${moment(run.binnedAt)}`}</span>
      <Button
        size="compact-sm"
        variant="default"
        aria-label={`Restore run ${run.id}`}
        leftSection={<IconArrowBackUp size={14} />}
        onClick={() => void restoreRuns([run.id])}
      >
        Restore
      </Button>
      <Button
        size="compact-sm"
        variant="subtle"
        color="red"
        aria-label={`Delete run ${run.id} for ever`}
        onClick={onRemove}
      >
        Delete…
      </Button>
    </div>
  )
}
