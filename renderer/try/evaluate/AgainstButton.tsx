/** Samples that this run and another one disagree on. */
import { Button, Modal, Select } from '@mantine/core'
import { useMemo, useState } from 'react'
import { SamplesSection } from '../../compare/differences/SamplesSection.tsx'
import { useDatasets } from '../../state/datasets.ts'
import { useRuns } from '../../state/runs.ts'
import { useRunDetail } from '../../state/useRunDetail.ts'
import classes from './Evaluate.module.css'

export function AgainstButton({ runId }: { runId: number }) {
  const [open, setOpen] = useState(false)
  return (
    <>
      <Button variant="default" onClick={() => setOpen(true)}>
        Against another run…
      </Button>
      {open && <Against runId={runId} onClose={() => setOpen(false)} />}
    </>
  )
}

function Against({ runId, onClose }: { runId: number; onClose: () => void }) {
  const list = useRuns((s) => s.list)
  const datasets = useDatasets((s) => s.list)
  const [otherId, setOtherId] = useState<number | null>(null)
  const [run, other] = [useDetail(runId), useDetail(otherId)]
  const known = useMemo(() => new Map((datasets ?? []).map((one) => [one.id, one])), [datasets])
  const data = useMemo(
    () =>
      (list ?? []).flatMap(({ id, name, weightsSha256 }) =>
        id !== runId && weightsSha256 !== null ? [{ value: String(id), label: `${id}  ${name}` }] : [],
      ),
    [list, runId],
  )
  return (
    <Modal opened onClose={onClose} title={<b>Samples that two runs disagree on</b>} size={560}>
      {data.length === 0 ? (
        <p className={classes.hint}>
          There is no other run with weights. Duplicate this one on the Train page, change one thing, and
          train.
        </p>
      ) : (
        <Select
          label={`Run ${runId} against`}
          placeholder="Choose a run"
          searchable
          limit={200}
          data-autofocus
          mb={12}
          value={otherId === null ? null : String(otherId)}
          data={data}
          onChange={(value) => setOtherId(value === null ? null : Number(value))}
        />
      )}
      {run && other && <SamplesSection runs={[other, run]} baseline={0} datasets={known} />}
    </Modal>
  )
}

function useDetail(runId: number | null) {
  const revision = useRuns((s) => s.list?.find(({ id }) => id === runId)?.weightsSha256 ?? '')
  return useRunDetail(runId, revision)
}
