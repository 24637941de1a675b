/** How images become samples: their size, and grey or colour. */
import type { ImportOptions } from '../../../main/common/data/options.ts'
import { Choices, type Choice } from '../../ui/Choices.tsx'
import { Field } from '../../ui/Field.tsx'
import { count } from '../../ui/format.ts'
import { Section } from '../../ui/Section.tsx'
import type { WrongFields } from './limits.ts'
import { NumberField, ShareField, WholeNumber } from './NumberField.tsx'
import { OneOf } from './OneOf.tsx'
import classes from './options.module.css'

type Image = NonNullable<ImportOptions['image']>

interface ImageFieldsProps {
  image: Image
  wrong: WrongFields
  onChange: (part: Partial<Image>) => void
}

const sizings: readonly Choice<Image['sizing']>[] = [
  { value: 'resize', label: 'Stretch', help: 'All to one size; shapes are distorted.' },
  { value: 'crop', label: 'Crop', help: 'All to one size; the edges are cut off.' },
  { value: 'letterbox', label: 'Letterbox', help: 'All to one size; the rest is filled.' },
  { value: 'keep', label: 'Keep', help: 'Each at its own size.' },
]

export function ImageFields({ image, wrong, onChange }: ImageFieldsProps) {
  const keep = image.sizing === 'keep'
  const values = image.width * image.height * image.channels
  return (
    <Section title="Images">
      <Field label="Sizes">
        <Choices
          label="Sizes"
          value={image.sizing}
          choices={sizings}
          onChange={(sizing) => onChange({ sizing })}
        />
      </Field>
      {keep ? (
        <>
          <NumberField
            label="Longest side"
            help="In pixels. Larger images are shrunk to it; smaller ones stay as they are."
            value={image.longestSide}
            error={wrong.get('image.longestSide')}
            onChange={(longestSide) => onChange({ longestSide })}
          />
          <ShareField
            label="Padding"
            name="Most padding"
            help="Images may be padded to a size that others have, by at most this share: fewer sizes, fuller batches."
            value={image.mostPadding}
            error={wrong.get('image.mostPadding')}
            onChange={(mostPadding) => onChange({ mostPadding })}
          />
        </>
      ) : (
        <Field label="Size" help="Width × height in pixels. Larger shows more and trains slower.">
          <div className={classes.pair}>
            <WholeNumber
              name="Image width"
              value={image.width}
              error={wrong.get('image.width')}
              onChange={(width) => onChange({ width })}
            />
            <span aria-hidden>×</span>
            <WholeNumber
              name="Image height"
              value={image.height}
              error={wrong.get('image.height')}
              onChange={(height) => onChange({ height })}
            />
          </div>
        </Field>
      )}
      <OneOf
        label="Channels"
        help={keep || Number.isNaN(values) ? undefined : `${count(values)} values an image.`}
        value={image.channels === 1 ? 'grey' : 'colour'}
        words={{ grey: 'Grey', colour: 'Colour' }}
        onChange={(value) => onChange({ channels: value === 'grey' ? 1 : 3 })}
      />
    </Section>
  )
}
