/** What is given to the network, by its kind; or a sample of the data set that it was trained on. */
import { Button } from '@mantine/core'
import { IconDice3 } from '@tabler/icons-react'
import type { Subject } from '../../main/common/predict/subject.ts'
import type { ShownRefusal } from '../state/notices.ts'
import { Card } from '../ui/Card.tsx'
import { RefusalText } from '../ui/Notices.tsx'
import { ImageInput } from './ImageInput.tsx'
import { RowInput } from './RowInput.tsx'
import { give, useTry } from './state.ts'
import { TextInput } from './TextInput.tsx'
import classes from './Try.module.css'

interface InputCardProps {
  subject: Subject
  /** What was wrong with what was given last. */
  refusal: ShownRefusal | null
}

const titles = { image: 'Image', text: 'Text', row: 'Row' } as const

export function InputCard({ subject, refusal }: InputCardProps) {
  const { input, samples } = subject
  const sample = useTry((s) => s.given?.value.kind === 'sample')
  return (
    <Card
      className={classes.input}
      title={titles[input.kind]}
      controls={
        samples.validation > 0 && (
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconDice3 size={15} />}
            title="One that it was not trained on, drawn at random"
            onClick={() => give({ kind: 'sample', row: samples.train + drawn(samples.validation) })}
          >
            A validation sample
          </Button>
        )
      }
    >
      {input.kind === 'image' && <ImageInput input={input} />}
      {input.kind === 'text' && <TextInput longest={input.longest} />}
      {input.kind === 'row' && <RowInput cells={input.cells} />}
      {sample && <p className={classes.hint}>The answer is of a sample of the data set, drawn at random.</p>}
      {refusal && (
        <div className={classes.refusal} role="alert">
          <RefusalText {...refusal} />
        </div>
      )}
    </Card>
  )
}

const drawn = (below: number): number => Math.floor(Math.random() * below)
