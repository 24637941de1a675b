/** The name of a data set, what it is in one line, and what can be done with it. */
import { ActionIcon, Button, Menu } from '@mantine/core'
import { IconDots, IconHierarchy2, IconPlayerPlayFilled, IconRefresh, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import type { Dataset } from '../../../main/common/data/dataset.ts'
import { refreshDataset, removeDataset, renameDataset, useDatasets } from '../../state/datasets.ts'
import { goTo } from '../../state/pages.ts'
import { useRuns } from '../../state/runs.ts'
import { Confirm } from '../../ui/Confirm.tsx'
import { EditableTitle } from '../../ui/EditableTitle.tsx'
import { bytes, counted, moment } from '../../ui/format.ts'
import { sizeOf, thingsOf, totalOf, whatIsLearnt } from '../describe.ts'
import classes from './DatasetView.module.css'

export function Head({ dataset }: { dataset: Dataset }) {
  const [removing, setRemoving] = useState(false)
  const refreshing = useDatasets((s) => s.refreshing !== null)
  const runs = useRuns((s) => s.list?.filter((run) => run.datasetId === dataset.id).length ?? 0)
  return (
    <header className={classes.head}>
      <div className={classes.titles}>
        <EditableTitle
          label="Name of the data set"
          value={dataset.name}
          onCommit={(name) => void renameDataset(dataset.id, name)}
        />
        <div className={classes.facts}>
          <span>{counted(totalOf(dataset), thingsOf(dataset))}</span>
          <span>{sizeOf(dataset)}</span>
          <span>{whatIsLearnt(dataset)}</span>
          <span>{bytes(dataset.bytes)}</span>
          <span title={dataset.path}>imported {moment(dataset.importedAt)}</span>
        </div>
      </div>
      <Button variant="default" leftSection={<IconHierarchy2 size={15} />} onClick={() => goTo('build')}>
        Use in Build
      </Button>
      <Button leftSection={<IconPlayerPlayFilled size={14} />} onClick={() => goTo('train')}>
        Train on this
      </Button>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon aria-label="More" variant="default" size={30}>
            <IconDots size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={<IconRefresh size={15} />}
            disabled={refreshing}
            onClick={() => void refreshDataset(dataset.id)}
          >
            Read the source again
          </Menu.Item>
          <Menu.Item color="red" leftSection={<IconTrash size={15} />} onClick={() => setRemoving(true)}>
            Remove from Tapedeck…
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Confirm
        opened={removing}
        title={`Remove “${dataset.name}”?`}
        action="Remove"
        onConfirm={() => void removeDataset(dataset.id)}
        onClose={() => setRemoving(false)}
      >
        Its decoded copy ({bytes(dataset.bytes)}) is deleted from the workspace. The files it came from are
        not touched.{' '}
        {runs === 0
          ? 'No run was trained on it.'
          : `${counted(runs, 'run was', 'runs were')} trained on it: they stay with their curves, but cannot be trained on or compared sample by sample until it is imported again.`}
      </Confirm>
    </header>
  )
}
