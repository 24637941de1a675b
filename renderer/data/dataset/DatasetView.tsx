/** One imported data set: its samples, what a check-up found, parts, classes, sizes, how it was read. */
import { useState } from 'react'
import type { Dataset, Split } from '../../../main/common/data/dataset.ts'
import { Card } from '../../ui/Card.tsx'
import { ClassBars } from '../ClassBars.tsx'
import { Parts } from '../Parts.tsx'
import { CheckUp } from './CheckUp.tsx'
import classes from './DatasetView.module.css'
import { Head } from './Head.tsx'
import { HowItWasRead } from './HowItWasRead.tsx'
import { SamplesCard } from './SamplesCard.tsx'
import { SetAside } from './SetAside.tsx'
import { Sizes } from './Sizes.tsx'
import { SourceBanner } from './SourceBanner.tsx'

export function DatasetView({ dataset }: { dataset: Dataset }) {
  const [split, setSplit] = useState<Split | null>(null)
  const [classIndex, setClassIndex] = useState<number | null>(null)
  const counts = {
    train: dataset.trainCount,
    validation: dataset.validationCount,
    test: dataset.testCount,
  }
  return (
    <div className={classes.page}>
      <Head dataset={dataset} />
      <SourceBanner dataset={dataset} />
      <div className={classes.columns}>
        <SamplesCard
          dataset={dataset}
          split={split}
          classIndex={classIndex}
          onSplit={setSplit}
          onClass={setClassIndex}
        />
        <div className={classes.side}>
          <Card title="Parts" note="samples" className={classes.card}>
            <Parts counts={counts} />
          </Card>
          <CheckUp dataset={dataset} />
          {dataset.classes.length > 0 && (
            <Card title="Classes" note="click one to see only its samples" className={classes.card}>
              <div className={classes.bars}>
                <ClassBars classes={dataset.classes} selected={classIndex} onSelect={setClassIndex} />
              </div>
            </Card>
          )}
          <Sizes dataset={dataset} />
          {dataset.problemCount > 0 && <SetAside dataset={dataset} />}
          <HowItWasRead dataset={dataset} />
        </div>
      </div>
    </div>
  )
}
