/** How many validation samples two runs get right or wrong; a box opens its samples. */
import { Select } from '@mantine/core'
import { useEffect, useState } from 'react'
import type { Box, Disagreements } from '../../../main/common/predictions/predictions.ts'
import type { RunDetail } from '../../../main/common/schemas.ts'
import { client } from '../../client.ts'
import { explain, type ShownRefusal } from '../../state/notices.ts'
import { count } from '../../ui/format.ts'
import { LongName } from '../../ui/LongName.tsx'
import classes from './Differences.module.css'
import { boxWords } from './boxWords.ts'
import type { KnownDatasets } from './rows.ts'
import { SamplesModal } from './SamplesModal.tsx'

interface SamplesSectionProps {
  runs: readonly RunDetail[]
  baseline: number
  datasets: KnownDatasets
}

export function SamplesSection({ runs, baseline, datasets }: SamplesSectionProps) {
  const a = runs[baseline]!
  const others = runs.filter((run) => run !== a)
  const [wanted, setWanted] = useState<number | null>(null)
  const b = others.find(({ id }) => id === wanted) ?? others[0]!
  const { found, refusal } = useDisagreements(a, b)
  const [open, setOpen] = useState<Box | null>(null)
  return (
    <section className={classes.part} aria-label="Samples">
      <h3>
        Samples
        {found && <span>{heading(found)}</span>}
      </h3>
      {others.length > 1 && (
        <Select
          aria-label="Run whose samples are compared"
          mb={8}
          data={others.map(({ id }) => ({ value: String(id), label: `${id} against ${a.id}` }))}
          renderOption={({ option }) => (
            <LongName>{`${option.label} · ${others.find(({ id }) => String(id) === option.value)?.name}`}</LongName>
          )}
          value={String(b.id)}
          onChange={(value) => value !== null && setWanted(Number(value))}
        />
      )}
      {refusal && (
        <p className={classes.quiet}>
          {refusal.what} {refusal.mend}
        </p>
      )}
      {found && (
        <>
          <div className={classes.boxes}>
            {found.boxes.map(({ box, count: samples }) => (
              <button
                key={box}
                type="button"
                className={classes.box}
                data-tone={samples > 0 ? boxWords[box].tone : undefined}
                disabled={samples === 0}
                onClick={() => setOpen(box)}
              >
                <b>{count(samples)}</b> {boxWords[box].words(a.id, b.id)}
              </button>
            ))}
          </div>
          <p className={classes.quiet} style={{ marginTop: 8 }}>
            {found.boxes.every((one) => one.count === 0)
              ? 'No sample was in the validation split of both.'
              : 'Click a box to see its samples.'}{' '}
            {remarks(found)}
          </p>
        </>
      )}
      {open && found && (
        <SamplesModal
          box={open}
          found={found}
          dataset={datasets.get(found.b.datasetId) ?? null}
          onClose={() => setOpen(null)}
        />
      )}
    </section>
  )
}

function heading({ a, b, boxes, relabelled }: Disagreements): string {
  const samples = boxes.reduce((sum, { count }) => sum + count, relabelled)
  const epoch = (one: Disagreements['a']): string => `${one.runId} at epoch ${count(one.epoch)} (${one.kept})`
  return `validation, ${count(samples)} · ${[b, a].map(epoch).join(', ')}`
}

function remarks({ a, matchedBy, onlyA, onlyB, relabelled }: Disagreements): string {
  const told = [
    ...(matchedBy === 'content' ? ['Samples are matched by their content.'] : []),
    ...(onlyA + onlyB > 0 ? [`${count(onlyA + onlyB)} are in one data set only.`] : []),
    ...(relabelled > 0 ? [`${count(relabelled)} have another label in each and are not counted.`] : []),
    ...(a.total > a.count ? [`Only the first ${count(a.count)} of ${count(a.total)} are kept.`] : []),
  ]
  return told.join(' ')
}

function useDisagreements(
  a: RunDetail,
  b: RunDetail,
): { found: Disagreements | null; refusal: ShownRefusal | null } {
  const key = [a.id, b.id, a.epochsDone, b.epochsDone, a.status, b.status].join(' ')
  const [answer, setAnswer] = useState<{
    key: string
    found: Disagreements | null
    refusal: ShownRefusal | null
  }>({
    key: '',
    found: null,
    refusal: null,
  })
  useEffect(() => {
    let current = true
    client.runs.disagreements({ a: a.id, b: b.id }).then(
      (found) => current && setAnswer({ key, found, refusal: null }),
      (error: unknown) => current && setAnswer({ key, found: null, refusal: explain(error) }),
    )
    return () => {
      current = false
    }
  }, [a.id, b.id, key])
  return answer.key === key ? answer : { found: null, refusal: null }
}
