/** Whether the folder has changed since the import, and what reading it again brought. */
import { ActionIcon, Button, Progress } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck, IconRefresh, IconX } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { Dataset } from '../../../main/common/data/dataset.ts'
import { cancelRefresh, forget, refreshDataset, useDatasets } from '../../state/datasets.ts'
import { count } from '../../ui/format.ts'
import { RefusalText } from '../../ui/Notices.tsx'
import classes from './SourceBanner.module.css'
import { useSourceChange } from './useSourceChange.ts'

export function SourceBanner({ dataset }: { dataset: Dataset }) {
  const change = useSourceChange(dataset)
  const refreshing = useDatasets((s) => s.refreshing)
  const changes = useDatasets((s) => s.refreshed[dataset.id])
  const refusal = useDatasets((s) => s.refused[dataset.id])

  if (refreshing?.datasetId === dataset.id) {
    const { done, total, note } = refreshing.progress
    return (
      <Banner icon={<IconRefresh size={16} />}>
        <div className={classes.progressText} role="status">
          <span>Reading the source again · {note}</span>
          {total > 0 && (
            <span>
              {count(done)} of {count(total)}
            </span>
          )}
        </div>
        <Progress
          value={total > 0 ? (100 * done) / total : 100}
          animated={total === 0}
          striped={total === 0}
          aria-label="Reading again"
        />
        <Button size="compact-xs" variant="default" onClick={cancelRefresh} className={classes.button}>
          Cancel
        </Button>
      </Banner>
    )
  }
  if (refusal)
    return (
      <Banner icon={<IconAlertTriangle size={16} />} tone="bad" onClose={() => forget(dataset.id)}>
        <div role="alert">
          <RefusalText {...refusal} />
        </div>
      </Banner>
    )
  if (changes)
    return (
      <Banner icon={<IconCircleCheck size={16} />} tone="ok" onClose={() => forget(dataset.id)}>
        <div role="status" aria-label="What changed">
          {changes.sentences.map((sentence) => (
            <div key={sentence}>{sentence}</div>
          ))}
        </div>
      </Banner>
    )
  if (change?.state === 'changed' || change?.state === 'gone')
    return (
      <Banner icon={<IconAlertTriangle size={16} />} tone="warn">
        <div role="status">
          <b>
            {change.state === 'gone'
              ? 'The source is no longer there.'
              : 'The source has changed since it was imported.'}
          </b>{' '}
          {change.what}
        </div>
        {change.state === 'changed' && (
          <Button
            size="compact-xs"
            leftSection={<IconRefresh size={13} />}
            onClick={() => void refreshDataset(dataset.id)}
            className={classes.button}
          >
            Read it again
          </Button>
        )}
      </Banner>
    )
  return null
}

interface BannerProps {
  icon: ReactNode
  tone?: 'ok' | 'warn' | 'bad'
  onClose?: () => void
  children: ReactNode
}

function Banner({ icon, tone, onClose, children }: BannerProps) {
  return (
    <div className={classes.banner} data-tone={tone}>
      <span className={classes.icon} aria-hidden>
        {icon}
      </span>
      <div className={classes.body}>{children}</div>
      {onClose && (
        <ActionIcon aria-label="Dismiss" size={22} onClick={onClose}>
          <IconX size={14} />
        </ActionIcon>
      )}
    </div>
  )
}
