/** The samples that a finding is about, in groups: what belongs together stands side by side. */
import { Button, Loader, Modal } from '@mantine/core'
import { useEffect, useState } from 'react'
import type { Check, Dataset, PreviewItem } from '../../../main/common/data/dataset.ts'
import { client } from '../../client.ts'
import { explain, type ShownRefusal } from '../../state/notices.ts'
import { count, counted } from '../../ui/format.ts'
import { RefusalText } from '../../ui/Notices.tsx'
import { partNames } from '../describe.ts'
import classes from './CheckUp.module.css'

interface CheckSamplesProps {
  dataset: Dataset
  /** The finding: its words, and the rows that belong together. */
  check: Pick<Check, 'what' | 'mend' | 'count' | 'groups'>
  onClose: () => void
}

/** Groups asked for at once; of at most 20 rows each, so that an answer stays small. */
const atOnce = 10

export function CheckSamples({ dataset, check, onClose }: CheckSamplesProps) {
  const [wanted, setWanted] = useState(atOnce)
  const [items, setItems] = useState<ReadonlyMap<number, PreviewItem>>(new Map())
  const [refusal, setRefusal] = useState<ShownRefusal | null>(null)
  const groups = check.groups.slice(0, wanted)
  const left = check.groups.length - groups.length

  useEffect(() => {
    let gone = false
    const rows = [...new Set(check.groups.slice(wanted - atOnce, wanted).flat())]
    client.data.samplesAt({ datasetId: dataset.id, rows }).then(
      (samples) => {
        if (gone) return
        setItems((before) => new Map([...before, ...samples.map((one) => [one.index, one] as const)]))
      },
      (error: unknown) => !gone && setRefusal(explain(error)),
    )
    return () => {
      gone = true
    }
  }, [dataset.id, check, wanted])

  return (
    <Modal
      opened
      onClose={onClose}
      title={<b className={classes.title}>{check.what}</b>}
      size="min(1080px, 92vw)"
    >
      <p className={classes.lead}>{check.mend}</p>
      {refusal && (
        <div role="alert">
          <RefusalText {...refusal} />
        </div>
      )}
      <div className={classes.groups}>
        {groups.map((group, at) => (
          <section key={at} className={classes.group} aria-label={`Group ${at + 1}`}>
            {group.length > 1 && (
              <div className={classes.groupHead}>
                {count(group.length)} samples · {acrossParts(group, items)}
              </div>
            )}
            <div className={classes.members}>
              {group.map((row) => (
                <Member key={row} item={items.get(row)} dataset={dataset} />
              ))}
            </div>
          </section>
        ))}
      </div>
      <div className={classes.more}>
        {left > 0 && (
          <Button variant="default" onClick={() => setWanted(wanted + atOnce)}>
            Show {Math.min(atOnce, left)} more
          </Button>
        )}
        <span>
          {counted(groups.length, 'group')} of {count(check.groups.length)} · {counted(check.count, 'sample')}{' '}
          concerned
        </span>
      </div>
    </Modal>
  )
}

function acrossParts(group: readonly number[], items: ReadonlyMap<number, PreviewItem>): string {
  const parts = new Set(group.flatMap((row) => items.get(row)?.split ?? []))
  return [...parts].map((part) => partNames[part].toLowerCase()).join(' and ')
}

function Member({ item, dataset }: { item: PreviewItem | undefined; dataset: Dataset }) {
  if (!item) return <Loader size="xs" m="md" />
  const className = item.classIndex === null ? null : dataset.classes[item.classIndex]?.name
  return (
    <figure className={classes.member} data-text={item.image === null || undefined} style={{ margin: 0 }}>
      {item.image === null ? (
        <div className={classes.memberText} dir="auto" tabIndex={0}>
          {item.text === '' ? <i>empty</i> : item.text}
        </div>
      ) : (
        <img src={item.image} alt={className ?? `sample ${item.index}`} />
      )}
      <figcaption className={classes.memberNote}>
        {className !== null && (
          <>
            <bdi>{className}</bdi> ·{' '}
          </>
        )}
        {partNames[item.split].toLowerCase()} · sample {count(item.index)}
      </figcaption>
    </figure>
  )
}
