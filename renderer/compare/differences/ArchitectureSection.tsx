/** One line on how the layers differ, which opens them laid over each other on a canvas. */
import { lazy, Suspense, useMemo, useState } from 'react'
import type { ModelDocument } from '../../../main/common/document.ts'
import { diffDocuments, type DocumentDifference } from '../../../main/common/documentDiff.ts'
import type { RunDetail } from '../../../main/common/schemas.ts'
import { dataShape } from '../../../main/common/trainable.ts'
import { counted } from '../../ui/format.ts'
import classes from './Differences.module.css'
import type { KnownDatasets } from './rows.ts'
import { WeightsDelta } from './WeightsDelta.tsx'

/** The canvas is only fetched when it is opened. */
const ArchitectureView = lazy(() =>
  import('./ArchitectureView.tsx').then(({ ArchitectureView }) => ({ default: ArchitectureView })),
)

interface ArchitectureSectionProps {
  runs: readonly RunDetail[]
  baseline: number
  datasets: KnownDatasets
}

export function ArchitectureSection({ runs, baseline, datasets }: ArchitectureSectionProps) {
  const before = runs[baseline]
  const others = useMemo(() => runs.filter((run) => run !== before), [runs, before])
  const compared = useMemo(
    () =>
      others.flatMap((run) => {
        const diff = before && compare(before, run, datasets)
        return diff ? [{ run, diff }] : []
      }),
    [others, before, datasets],
  )
  if (!before?.document) return null
  const named = others.length > 1
  const differing = compared.filter(({ diff }) => !isSame(diff))
  const alike = compared.filter(({ diff }) => isSame(diff)).map(({ run }) => run.id)
  return (
    <section className={classes.part} aria-label="Architecture">
      <h3>Architecture</h3>
      {differing.map(({ run, diff }) => (
        <OneRun key={run.id} before={before} after={run} diff={diff} named={named} />
      ))}
      {alike.length > 0 && (
        <p className={classes.quiet}>
          {differing.length > 0 && `${alike.join(', ')} against ${before.id}: `}
          the same layers{named && differing.length === 0 && ' in all'}
        </p>
      )}
    </section>
  )
}

interface OneRunProps {
  before: RunDetail
  after: RunDetail
  diff: DocumentDifference
  named: boolean
}

function OneRun({ before, after, diff, named }: OneRunProps) {
  const [open, setOpen] = useState(false)
  return (
    <>
      <button type="button" className={classes.link} onClick={() => setOpen(true)}>
        {named && `${after.id} against ${before.id}: `}
        {summaryOf(diff)}
        <WeightsDelta {...diff.weights} />
      </button>
      {open && (
        <Suspense>
          <ArchitectureView
            title={`Layers of ${after.id} against ${before.id}`}
            summary={summaryOf(diff)}
            diff={diff}
            onClose={() => setOpen(false)}
          />
        </Suspense>
      )}
    </>
  )
}

const isSame = ({ counts: { added, removed, changed }, rewired }: DocumentDifference): boolean =>
  added + removed + changed === 0 && !rewired

function compare(before: RunDetail, after: RunDetail, datasets: KnownDatasets): DocumentDifference | null {
  if (!before.document || !after.document) return null
  const shape = ({ datasetId }: RunDetail) => dataShape(datasets.get(datasetId) ?? null)
  const documents: [ModelDocument, ModelDocument] = [before.document, after.document]
  return diffDocuments(...documents, { before: shape(before), after: shape(after) })
}

function summaryOf({ counts: { added, removed, changed }, rewired }: DocumentDifference): string {
  const parts = [
    [added, 'added'],
    [removed, 'removed'],
    [changed, 'changed'],
  ] as const
  const told = parts
    .filter(([number]) => number > 0)
    .map(([number, word], i) => (i === 0 ? `${counted(number, 'layer')} ${word}` : `${number} ${word}`))
  return [...told, ...(rewired ? ['wired in another way'] : [])].join(', ')
}
