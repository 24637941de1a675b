/** One imported data set: its samples, class balance, sizes, what was set aside. */
import { ActionIcon, Button, Menu, SegmentedControl } from '@mantine/core'
import { IconDots, IconHierarchy2, IconPlayerPlayFilled, IconTrash, IconX } from '@tabler/icons-react'
import { useState } from 'react'
import type { Dataset, Split } from '../../main/common/schemas.ts'
import { removeDataset } from '../state/datasets.ts'
import { goTo } from '../state/pages.ts'
import { Card } from '../ui/Card.tsx'
import { Confirm } from '../ui/Confirm.tsx'
import { bytes, count, counted, moment } from '../ui/format.ts'
import { ClassBars } from './ClassBars.tsx'
import classes from './DatasetView.module.css'
import { Problems } from './Problems.tsx'
import { sizeOf, thingsOf, whatIsLearnt } from './describe.ts'
import { SampleGrid } from './SampleGrid.tsx'
import { Sizes } from './Sizes.tsx'

export function DatasetView({ dataset }: { dataset: Dataset }) {
  const [split, setSplit] = useState<Split | null>(null)
  const [classIndex, setClassIndex] = useState<number | null>(null)
  const [removing, setRemoving] = useState(false)
  const things = thingsOf(dataset)
  const total = dataset.trainCount + dataset.validationCount
  const chosenClass = classIndex === null ? undefined : dataset.classes[classIndex]

  return (
    <div className={classes.page}>
      <header className={classes.head}>
        <div className={classes.titles}>
          <h1 className={classes.title} title={dataset.name}>
            {dataset.name}
          </h1>
          <div className={classes.facts}>
            <span>{counted(total, things)}</span>
            <span>{sizeOf(dataset)}</span>
            <span>{whatIsLearnt(dataset)}</span>
            <span>
              {count(dataset.trainCount)} training + {count(dataset.validationCount)} validation
            </span>
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
            <Menu.Item color="red" leftSection={<IconTrash size={15} />} onClick={() => setRemoving(true)}>
              Remove from Tapedeck…
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </header>

      <div className={classes.columns}>
        <Card
          title="Samples"
          note="as they are trained on"
          flush
          controls={
            <>
              {chosenClass && (
                <Button
                  variant="light"
                  size="compact-xs"
                  className={classes.filter}
                  rightSection={<IconX size={12} />}
                  onClick={() => setClassIndex(null)}
                  aria-label={`Show all classes, not only ${chosenClass.name}`}
                >
                  {chosenClass.name}
                </Button>
              )}
              <SegmentedControl
                aria-label="Part"
                value={split ?? 'all'}
                data={[
                  { value: 'all', label: 'All' },
                  { value: 'train', label: 'Training' },
                  { value: 'validation', label: 'Validation' },
                ]}
                onChange={(value) => setSplit(value === 'all' ? null : value)}
              />
            </>
          }
        >
          <SampleGrid
            key={`${split} ${classIndex}`}
            dataset={dataset}
            split={split}
            classIndex={classIndex}
          />
        </Card>
        <div className={classes.side}>
          {dataset.classes.length > 0 && (
            <Card
              title="Classes"
              note={
                <>
                  <span className={classes.keyTrain} /> training <span className={classes.keyValidation} />{' '}
                  validation
                </>
              }
              className={classes.classes}
            >
              <div className={classes.scroll}>
                <ClassBars classes={dataset.classes} selected={classIndex} onSelect={setClassIndex} />
              </div>
            </Card>
          )}
          {dataset.notes.length > 0 && (
            <Card title="How it was read" className={classes.notes}>
              <ul>
                {dataset.notes.map((note) => (
                  <li key={note}>{note}</li>
                ))}
              </ul>
            </Card>
          )}
          {dataset.sizes.length > 0 && <Sizes dataset={dataset} />}
          {dataset.problemCount > 0 && <Problems dataset={dataset} />}
        </div>
      </div>

      <Confirm
        opened={removing}
        title={`Remove “${dataset.name}”?`}
        action="Remove"
        onConfirm={() => void removeDataset(dataset.id)}
        onClose={() => setRemoving(false)}
      >
        Its decoded copy ({bytes(dataset.bytes)}) is deleted from the workspace. The files it came from are
        not touched, and runs that used it stay.
      </Confirm>
    </div>
  )
}
