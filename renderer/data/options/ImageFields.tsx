/** How the images of a folder become samples. */
import { NumberInput, SegmentedControl } from '@mantine/core'
import type { ImportOptions } from '../../../main/common/schemas.ts'
import { Field } from '../../ui/Field.tsx'
import { count } from '../../ui/format.ts'
import classes from '../GuessView.module.css'
import { NumberField } from './NumberField.tsx'

type Image = NonNullable<ImportOptions['image']>

interface ImageFieldsProps {
  image: Image
  onChange: (part: Partial<Image>) => void
}

export function ImageFields({ image, onChange }: ImageFieldsProps) {
  const keep = image.sizing === 'keep'
  const side = (name: 'width' | 'height') => (
    <NumberInput
      aria-label={`Image ${name}`}
      value={image[name]}
      min={1}
      max={1024}
      allowDecimal={false}
      onChange={(value) => onChange({ [name]: Number(value) })}
      error={(image[name] < 1 || image[name] > 1024) && '1 to 1024'}
    />
  )
  return (
    <>
      <Field
        label="Sizes"
        help={keep ? 'Every image stays as large as it is; a batch holds one size.' : 'One size for all.'}
      >
        <SegmentedControl
          aria-label="Sizes"
          value={image.sizing}
          data={[
            { value: 'resize', label: 'Resize' },
            { value: 'keep', label: 'Keep' },
          ]}
          onChange={(value) => onChange({ sizing: value === 'keep' ? 'keep' : 'resize' })}
        />
      </Field>
      {keep ? (
        <>
          <NumberField
            label="Longest side"
            help="Larger images are shrunk to it, in pixels."
            value={image.longestSide}
            min={8}
            max={1024}
            onChange={(longestSide) => onChange({ longestSide })}
          />
          <NumberField
            label="Round sides to"
            help="A multiple of so many pixels: 16 lets more images share a batch."
            value={image.multipleOf}
            min={1}
            max={64}
            onChange={(multipleOf) => onChange({ multipleOf })}
          />
        </>
      ) : (
        <Field label="Image size" help="Every image is resized to this: width × height, in pixels.">
          <div className={classes.pair}>
            {side('width')}
            <span>×</span>
            {side('height')}
          </div>
        </Field>
      )}
      <Field
        label="Channels"
        help={
          keep
            ? 'Colour, or shades of grey.'
            : `${count(image.width * image.height * image.channels)} values an image.`
        }
      >
        <SegmentedControl
          aria-label="Channels"
          value={String(image.channels)}
          data={[
            { value: '1', label: 'Grey' },
            { value: '3', label: 'Colour' },
          ]}
          onChange={(value) => onChange({ channels: value === '1' ? 1 : 3 })}
        />
      </Field>
    </>
  )
}
