/** What the samples will be like when they are read as chosen. */
import type { ImportOptions, Reading } from '../../../main/common/schemas.ts'
import { Card } from '../../ui/Card.tsx'
import { counted } from '../../ui/format.ts'
import { ClassBars } from '../ClassBars.tsx'
import type { WrongFields } from '../options/limits.ts'
import classes from './GuessView.module.css'

interface PreviewProps {
  path: string
  reading: Reading
  options: ImportOptions
  wrong: WrongFields
}

export function Preview({ reading }: PreviewProps) {
  return (
    <>
      {reading.classes.length > 0 && (
        <Card
          title="Classes"
          note={counted(reading.classes.length, 'class', 'classes')}
          className={classes.card}
        >
          <ClassBars
            classes={reading.classes.map((one) => ({
              name: one.name,
              train: one.count,
              validation: 0,
              test: 0,
            }))}
          />
        </Card>
      )}
    </>
  )
}
