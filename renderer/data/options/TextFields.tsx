/** How texts become samples: what a token is, which are known, how long a text may be, blocks. */
import { TextInput } from '@mantine/core'
import type { ImportOptions, TokenizerName } from '../../../main/common/data/options.ts'
import { Choices, type Choice } from '../../ui/Choices.tsx'
import { Field } from '../../ui/Field.tsx'
import { Section } from '../../ui/Section.tsx'
import type { WrongFields } from './limits.ts'
import { NumberField } from './NumberField.tsx'
import { OneOf } from './OneOf.tsx'

type Text = NonNullable<ImportOptions['text']>
type Blocks = NonNullable<ImportOptions['blocks']>

interface TextFieldsProps {
  text: Text
  /** Null where every text is a sample. */
  blocks: Blocks | null
  wrong: WrongFields
  onText: (part: Partial<Text>) => void
  onBlocks: (part: Partial<Blocks>) => void
}

const tokenizers: readonly Choice<TokenizerName>[] = [
  { value: 'word', label: 'A word', help: 'In lower case, signs apart.' },
  { value: 'character', label: 'A character', help: 'For names, codes, Chinese.' },
  { value: 'byte', label: 'A byte', help: '256 tokens; nothing is unknown.' },
  {
    value: 'bpe',
    label: 'A piece of a word',
    help: 'Byte pairs (BPE), learnt here.',
  },
  { value: 'file', label: 'As a file says', help: 'A tokenizer.json (Hugging Face).' },
]

export function TextFields({ text, blocks, wrong, onText, onBlocks }: TextFieldsProps) {
  const bag = text.representation === 'bag-of-words' && !blocks
  return (
    <Section title="Texts">
      {!blocks && (
        <OneOf
          label="Read as"
          help={
            bag
              ? 'How often each word occurs, in any order: for networks without sequence layers.'
              : 'Tokens in their order, each text as long as it is: for LSTM, GRU, Transformer.'
          }
          value={text.representation}
          words={{ tokens: 'Tokens', 'bag-of-words': 'Bag of words' }}
          onChange={(representation) => onText({ representation })}
        />
      )}
      {!bag && (
        <Field label="A token is">
          <Choices
            label="Tokenizer"
            value={text.tokenizer}
            choices={tokenizers}
            onChange={(tokenizer) => onText({ tokenizer })}
          />
        </Field>
      )}
      {!bag && text.tokenizer === 'file' && (
        <Field label="File" help="On the machine that Tapedeck runs on; its vocabulary is taken as it is.">
          <TextInput
            aria-label="Path of the tokenizer.json"
            placeholder="/models/bert/tokenizer.json"
            value={text.tokenizerFile ?? ''}
            error={wrong.get('text.tokenizerFile')}
            spellCheck={false}
            onChange={(event) => onText({ tokenizerFile: event.currentTarget.value.trim() || null })}
          />
        </Field>
      )}
      {(bag || !['byte', 'file'].includes(text.tokenizer)) && (
        <>
          <NumberField
            label="Vocabulary"
            name="Vocabulary size"
            help={
              text.tokenizer === 'bpe' && !bag
                ? 'At most so many pieces: the 256 bytes and what is merged most often in training.'
                : 'At most so many are known: the most frequent ones of the training part.'
            }
            value={text.vocabularySize}
            error={wrong.get('text.vocabularySize')}
            onChange={(vocabularySize) => onText({ vocabularySize })}
          />
          <NumberField
            label="At least"
            name="Minimum frequency"
            help="What occurs less often in training is unknown to the model."
            value={text.minimumFrequency}
            error={wrong.get('text.minimumFrequency')}
            onChange={(minimumFrequency) => onText({ minimumFrequency })}
          />
        </>
      )}
      {!bag && !blocks && (
        <NumberField
          label="Longest text"
          help="In tokens; longer texts are cut there."
          value={text.maximumLength}
          error={wrong.get('text.maximumLength')}
          onChange={(maximumLength) => onText({ maximumLength })}
        />
      )}
      {blocks && (
        <>
          <NumberField
            label="Block length"
            help="Tokens that the model sees at once."
            value={blocks.length}
            error={wrong.get('blocks.length')}
            onChange={(length) => onBlocks({ length })}
          />
          <NumberField
            label="Stride"
            help="Tokens between the beginnings of two blocks; less than the length lets them overlap."
            value={blocks.stride}
            error={wrong.get('blocks.stride')}
            onChange={(stride) => onBlocks({ stride })}
          />
        </>
      )}
    </Section>
  )
}
