/** The ticked runs side by side: what differs, then the samples they disagree on, then all that is the same. */
import { ActionIcon, Select, Tooltip } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { useEffect, useMemo, useState } from 'react'
import type { Run, RunDetail } from '../../../main/common/schemas.ts'
import { runColour } from '../../charts/series.ts'
import { client } from '../../client.ts'
import { useDatasets } from '../../state/datasets.ts'
import { complain } from '../../state/notices.ts'
import { useRuns } from '../../state/runs.ts'
import { Card } from '../../ui/Card.tsx'
import { ArchitectureSection } from './ArchitectureSection.tsx'
import classes from './Differences.module.css'
import type { Difference } from './difference.ts'
import { DifferencesTable } from './DifferencesTable.tsx'
import { dataWarning, differences, markdown } from './rows.ts'
import { SamplesSection } from './SamplesSection.tsx'

/** More columns than this cannot be read side by side. */
const most = 8

export function DifferencesCard({ runs }: { runs: readonly Run[] }) {
  const ticked = useRuns((s) => s.ticked)
  const chosen = runs.filter((run) => ticked.has(run.id))
  const details = useDetails(chosen.slice(0, most))
  const datasets = useDatasets((s) => s.list)
  // The oldest is what the others are compared with, unless another was chosen.
  const [wanted, setWanted] = useState<number | null>(null)
  const found = details.findIndex(({ id }) => id === wanted)
  const baseline = found < 0 ? details.length - 1 : found
  const known = useMemo(() => new Map(datasets?.map((one) => [one.id, one])), [datasets])
  const rows = useMemo(() => differences(details, known, baseline), [details, known, baseline])

  const warning = dataWarning(details)
  const several = details.length > 1
  const differing = rows.filter((row) => row.differs)
  const isOutcome = ({ section }: Difference): boolean => section === 'Results' || section === 'About'
  const causes = differing.filter((row) => !isOutcome(row))
  const outcomes = differing.filter(isOutcome)
  const same = rows.filter((row) => !row.differs)
  return (
    <Card
      title={details.length === 1 ? 'One run' : 'What differs'}
      note={several ? `${differing.length} of ${rows.length}` : ''}
      controls={
        several && (
          <>
            {details.length > 2 && (
              <Select
                aria-label="Baseline"
                w={112}
                data={details.map(({ id }) => ({ value: String(id), label: `against ${id}` }))}
                value={String(details[baseline]!.id)}
                onChange={(value) => value !== null && setWanted(Number(value))}
              />
            )}
            <CopyButton text={() => markdown(details, rows)} />
          </>
        )
      }
      flush
    >
      {details.length === 0 ? (
        <p className={classes.hint}>
          Tick two runs to see what sets them apart: settings, data, layers, and the samples that only one of
          them gets right.
        </p>
      ) : (
        <div className={classes.scroll}>
          {chosen.length > most && (
            <p className={classes.limit}>
              {chosen.length} runs are ticked: these are the newest {most}.
            </p>
          )}
          {warning && (
            <p className={classes.warning} role="status">
              {warning}
            </p>
          )}
          <DifferencesTable runs={details} rows={causes} which="different" colourOf={runColour} />
          {several && <ArchitectureSection runs={details} baseline={baseline} datasets={known} />}
          {several && <SamplesSection runs={details} baseline={baseline} datasets={known} />}
          <DifferencesTable runs={details} rows={outcomes} which="outcome" colourOf={runColour} />
          <DifferencesTable runs={details} rows={same} which="same" colourOf={runColour} />
        </div>
      )}
    </Card>
  )
}

function useDetails(runs: readonly Run[]): RunDetail[] {
  // A run that ends gets its last numbers: its status is part of the question, as is what a person says of it.
  const wanted = JSON.stringify(
    runs.map(({ id, status, epochsDone, note, tags, group }) => [
      id,
      ...[status, epochsDone, note.length, tags.length, group],
    ]),
  )
  const [details, setDetails] = useState<RunDetail[]>([])
  useEffect(() => {
    let current = true
    const ids = (JSON.parse(wanted) as [number][]).map(([id]) => id)
    Promise.all(ids.map((runId) => client.runs.get({ runId }))).then((found) => {
      if (current) setDetails(found)
    }, complain)
    return () => {
      current = false
    }
  }, [wanted])
  return details
}

function CopyButton({ text }: { text: () => string }) {
  const [copied, setCopied] = useState(false)
  return (
    <Tooltip label={copied ? 'Copied' : 'Copy what differs as a Markdown table'}>
      <ActionIcon
        aria-label="Copy what differs as a Markdown table"
        onClick={() => void navigator.clipboard.writeText(text()).then(() => setCopied(true), complain)}
        onBlur={() => setCopied(false)}
        onMouseLeave={() => setCopied(false)}
      >
        {copied ? <IconCheck size={15} /> : <IconCopy size={15} />}
      </ActionIcon>
    </Tooltip>
  )
}
