/** The samples of a data set, all of them or those of a part or a class. */
import { SegmentedControl, Select } from '@mantine/core'
import type { Dataset, Split } from '../../../main/common/data/dataset.ts'
import { Card } from '../../ui/Card.tsx'
import { partNames } from '../describe.ts'
import { SampleGrid } from '../SampleGrid.tsx'
import classes from './DatasetView.module.css'

interface SamplesCardProps {
  dataset: Dataset
  split: Split | null
  classIndex: number | null
  onSplit: (split: Split | null) => void
  onClass: (index: number | null) => void
}

export function SamplesCard({ dataset, split, classIndex, onSplit, onClass }: SamplesCardProps) {
  const parts = (['train', 'validation', 'test'] as const).filter(
    (part) => part !== 'test' || dataset.testCount > 0,
  )
  return (
    <Card
      title="Samples"
      note="as they are trained on"
      flush
      controls={
        <>
          {dataset.classes.length > 0 && (
            <Select
              aria-label="Class of the samples"
              className={classes.filter}
              placeholder="All classes"
              value={classIndex === null ? null : String(classIndex)}
              data={dataset.classes.map(({ name }, index) => ({ value: String(index), label: name }))}
              searchable
              clearable
              limit={100}
              nothingFoundMessage="No such class"
              onChange={(value) => onClass(value === null ? null : Number(value))}
            />
          )}
          <SegmentedControl
            aria-label="Part"
            value={split ?? 'all'}
            data={[
              { value: 'all', label: 'All' },
              ...parts.map((part) => ({ value: part, label: partNames[part] })),
            ]}
            onChange={(value) => onSplit(parts.find((part) => part === value) ?? null)}
          />
        </>
      }
    >
      <SampleGrid key={`${split} ${classIndex}`} dataset={dataset} split={split} classIndex={classIndex} />
    </Card>
  )
}
