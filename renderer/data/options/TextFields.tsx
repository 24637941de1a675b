/** How texts become samples: tokens and their vocabulary, lengths, blocks. */
import { SegmentedControl } from '@mantine/core'
import { tokenizerSchema, type ImportOptions } from '../../../main/common/schemas.ts'
import { Field } from '../../ui/Field.tsx'
import { NumberField } from './NumberField.tsx'

type Text = NonNullable<ImportOptions['text']>
type Blocks = NonNullable<ImportOptions['blocks']>

interface TextFieldsProps {
  text: Text
  /** Null where every text is a sample. */
  blocks: Blocks | null
  onText: (part: Partial<Text>) => void
  onBlocks: (part: Partial<Blocks>) => void
}

export function TextFields({ text, blocks, onText, onBlocks }: TextFieldsProps) {
  const bag = text.representation === 'bag-of-words' && !blocks
  return (
    <>
      {!blocks && (
        <Field
          label="Read as"
          help={
            bag
              ? 'How often each word occurs, in any order: for networks without sequence layers.'
              : 'Token ids in their order, each text as long as it is.'
          }
        >
          <SegmentedControl
            aria-label="Read as"
            value={text.representation}
            data={[
              { value: 'tokens', label: 'Tokens' },
              { value: 'bag-of-words', label: 'Bag of words' },
            ]}
            onChange={(value) =>
              onText({ representation: value === 'bag-of-words' ? 'bag-of-words' : 'tokens' })
            }
          />
        </Field>
      )}
      {!bag && (
        <Field label="A token is" help="Words are lower-cased, with punctuation as tokens of its own.">
          <SegmentedControl
            aria-label="Tokenizer"
            value={text.tokenizer}
            data={[
              { value: 'word', label: 'A word' },
              { value: 'character', label: 'A character' },
              { value: 'byte', label: 'A byte' },
            ]}
            onChange={(value) => onText({ tokenizer: tokenizerSchema.parse(value) })}
          />
        </Field>
      )}
      {(bag || text.tokenizer !== 'byte') && (
        <>
          <NumberField
            label="Vocabulary"
            name="Vocabulary size"
            help="At most so many are kept: the most frequent ones of the training part."
            value={text.vocabularySize}
            min={2}
            max={20000}
            onChange={(vocabularySize) => onText({ vocabularySize })}
          />
          <NumberField
            label="Least frequency"
            help="What occurs less often in training is unknown to the model."
            value={text.minimumFrequency}
            min={1}
            max={1000}
            onChange={(minimumFrequency) => onText({ minimumFrequency })}
          />
        </>
      )}
      {!bag && !blocks && (
        <NumberField
          label="Longest text"
          help="In tokens; longer texts are cut there."
          value={text.maximumLength}
          min={1}
          max={4096}
          onChange={(maximumLength) => onText({ maximumLength })}
        />
      )}
      {blocks && (
        <>
          <NumberField
            label="Block length"
            help="Tokens that the model sees at once."
            value={blocks.length}
            min={2}
            max={4096}
            onChange={(length) => onBlocks({ length })}
          />
          <NumberField
            label="Stride"
            help="Tokens between the beginnings of two blocks; less than the length lets them overlap."
            value={blocks.stride}
            min={1}
            max={4096}
            onChange={(stride) => onBlocks({ stride })}
          />
        </>
      )}
    </>
  )
}
