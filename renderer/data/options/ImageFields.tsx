/** How the images of a folder become samples. */
import { NumberInput, SegmentedControl } from '@mantine/core'
import type { ImportOptions } from '../../../main/common/schemas.ts'
import { Field } from '../../ui/Field.tsx'
import { count } from '../../ui/format.ts'
import classes from '../GuessView.module.css'
import { NumberField } from './NumberField.tsx'

type Image = NonNullable<ImportOptions['image']>

const sizings: Record<Image['sizing'], { label: string; help: string }> = {
  resize: { label: 'Stretch', help: 'One size for all: every image is stretched to it.' },
  crop: { label: 'Crop', help: 'One size for all: the shorter side is fitted, the middle is kept.' },
  letterbox: { label: 'Fit', help: 'One size for all: the longer side is fitted, the rest is filled.' },
  keep: { label: 'Keep', help: 'Every image keeps its proportions; a batch holds images of one size.' },
}

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
      <Field label="Sizes" help={sizings[image.sizing].help}>
        <SegmentedControl
          aria-label="Sizes"
          value={image.sizing}
          data={(Object.keys(sizings) as Image['sizing'][]).map((value) => ({
            value,
            label: sizings[value].label,
          }))}
          onChange={(sizing) => onChange({ sizing })}
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
            label="Padding, at most %"
            help="Of an image: padded to a size that others have too, more of them share a batch."
            value={Math.round(100 * image.mostPadding)}
            min={0}
            max={50}
            onChange={(percent) => onChange({ mostPadding: percent / 100 })}
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
