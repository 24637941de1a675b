/** Random changes of training images: which, how much, and what they look like. */
import { Checkbox } from '@mantine/core'
import { applies } from '../../../main/common/applicable.ts'
import { augmentationSchema, type Augmentation } from '../../../main/common/training.ts'
import { type Dataset } from '../../../main/common/data/dataset.ts'
import { Field } from '../../ui/Field.tsx'
import { Section } from '../../ui/Section.tsx'
import { AugmentationPreview } from './AugmentationPreview.tsx'
import { SettingInput } from './SettingInput.tsx'
import classes from '../TrainPage.module.css'

type NumberKey = Exclude<keyof Augmentation, 'flip'>

const fields: readonly { key: NumberKey; label: string; help: string; wrong: string }[] = [
  {
    key: 'shift',
    label: 'Shift',
    help: 'Up to this share of a side, any way.',
    wrong: 'A number from 0 to 0.5, such as 0.1.',
  },
  {
    key: 'rotate',
    label: 'Rotate',
    help: 'Up to so many degrees, either way.',
    wrong: 'A number from 0 to 180, such as 15.',
  },
  {
    key: 'colour',
    label: 'Colour',
    help: 'Brightness, contrast, saturation: up to this share.',
    wrong: 'A number from 0 to 1, such as 0.2.',
  },
  {
    key: 'cutout',
    label: 'Cutout',
    help: 'A square of this share of the shorter side is blanked.',
    wrong: 'A number from 0 to 1, such as 0.3.',
  },
  {
    key: 'mixup',
    label: 'Mixup',
    help: 'Mixed with another image of the batch, and asked for both classes; 0.2 is usual.',
    wrong: 'A number from 0 to 10, such as 0.2.',
  },
]

interface AugmentationFieldsProps {
  dataset: Dataset
  seed: number
  value: Augmentation | null
  onChange: (value: Augmentation | null) => void
  onWrong: (key: string, wrong: boolean) => void
}

export function AugmentationFields({ dataset, seed, value, onChange, onWrong }: AugmentationFieldsProps) {
  const toggle = (on: boolean): void => {
    for (const { key } of fields) onWrong(key, false)
    // Digits and letters, which are mostly grey, mean something else in the mirror.
    const flip = dataset.sampleShape[0] === 3
    onChange(on ? augmentationSchema.parse({ flip, shift: 0.1, rotate: 10 }) : null)
  }
  return (
    <Section title="Augmentation">
      <Checkbox
        label="Change training images at random"
        description="Anew each epoch, so that fewer images teach more. Validation images stay as they are."
        checked={value !== null}
        onChange={(event) => toggle(event.currentTarget.checked)}
      />
      {value && (
        <>
          <Field label="Mirror" help="Not where left and right matter: letters, digits.">
            <Checkbox
              className={classes.tick}
              label="Half of the images"
              aria-label="Mirror half of the images"
              checked={value.flip}
              onChange={(event) => onChange({ ...value, flip: event.currentTarget.checked })}
            />
          </Field>
          {fields
            .filter(({ key }) => key !== 'mixup' || applies(dataset).mixup)
            .map(({ key, label, help, wrong }) => (
              <Field key={key} label={label} help={help}>
                <SettingInput
                  label={label}
                  value={value[key]}
                  message={wrong}
                  accepts={(typed) =>
                    augmentationSchema.shape[key].safeParse(typed).success && typed !== null
                  }
                  onValue={(typed) => onChange({ ...value, [key]: typed ?? 0 })}
                  onWrong={(bad) => onWrong(key, bad)}
                />
              </Field>
            ))}
          <AugmentationPreview datasetId={dataset.id} augmentation={value} seed={seed} />
        </>
      )}
    </Section>
  )
}
