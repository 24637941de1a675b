/** Samples as a grid (images) or a list (texts). Only what is in sight is asked for and kept. */
import { useElementSize } from '@mantine/hooks'
import { useState } from 'react'
import { showsImages, type Dataset, type Split } from '../../main/common/data/dataset.ts'
import { count } from '../ui/format.ts'
import { drawnEnlarged, layOut, pagesInSight, scrolled } from './gridLayout.ts'
import { ImageCell, TextCell } from './SampleCell.tsx'
import classes from './SampleGrid.module.css'
import { useSamples } from './useSamples.ts'

interface SampleGridProps {
  dataset: Dataset
  split: Split | null
  classIndex: number | null
}

export function SampleGrid({ dataset, split, classIndex }: SampleGridProps) {
  const { ref, width, height } = useElementSize()
  const [top, setTop] = useState(0)
  const text = !showsImages(dataset)
  const layout = layOut(largestShape(dataset), text, Math.max(0, width))
  // What the services count wins; until they answer, what the data set's record says.
  const [counted, setCounted] = useState<number | null>(null)
  const total = counted ?? expectedTotal(dataset, split, classIndex)
  const rows = Math.ceil(total / layout.columns)
  const ground = scrolled({ rows, rowHeight: layout.cellHeight, frame: height, top })
  const first = Math.max(0, Math.floor(ground.top / layout.cellHeight) - 2) * layout.columns
  const last = Math.min(total, Math.ceil((ground.top + height) / layout.cellHeight + 2) * layout.columns)
  const inSight = width > 0 ? pagesInSight(first, last) : []
  const at = useSamples({ datasetId: dataset.id, split, classIndex }, inSight, setCounted)

  const shown = Array.from({ length: Math.max(0, last - first) }, (_, i) => first + i)
  return (
    <div
      ref={ref}
      className={classes.frame}
      onScroll={(event) => setTop(event.currentTarget.scrollTop)}
      tabIndex={0}
      role="list"
      aria-label={`${count(total)} samples`}
      data-testid="samples"
    >
      <div className={text ? classes.lines : classes.ground} style={{ height: ground.height }}>
        {shown.map((position) => {
          const cell = {
            item: at(position),
            classNames: dataset.classes,
            style: {
              left: (position % layout.columns) * layout.cellWidth,
              top: Math.floor(position / layout.columns) * layout.cellHeight - ground.top + top,
              width: layout.cellWidth,
              height: layout.cellHeight,
            },
          }
          return text ? (
            <TextCell key={position} {...cell} row={dataset.options.kind === 'table'} />
          ) : (
            <ImageCell
              key={position}
              {...cell}
              image={layout.image}
              enlarged={drawnEnlarged(layout, dataset)}
            />
          )
        })}
      </div>
      {total === 0 && <div className={classes.none}>No sample here.</div>}
    </div>
  )
}

/** Images of any size have cells for the largest. */
export const largestShape = ({ sampleShape, symbols }: Dataset): number[] =>
  sampleShape.map((size) => (typeof size === 'number' ? size : (symbols[size]?.largest ?? 1)))

function expectedTotal(dataset: Dataset, split: Split | null, classIndex: number | null): number {
  const counts = dataset.classes[classIndex ?? -1] ?? {
    train: dataset.trainCount,
    validation: dataset.validationCount,
    test: dataset.testCount,
  }
  return split === null ? counts.train + counts.validation + counts.test : counts[split]
}
