/** Texts token by token as the options would have them, with what is unknown; and their lengths. */
import type { ImportOptions } from '../../../main/common/data/options.ts'
import type { Survey } from '../../../main/common/data/guess.ts'
import { count, counted, percent } from '../../ui/format.ts'
import { partNames } from '../describe.ts'
import { Tokens } from '../Tokens.tsx'
import classes from './Preview.module.css'

interface TextPreviewProps {
  survey: Survey
  bag: boolean
  /** What one of the texts is called: a long one is looked at in parts. */
  thing: 'text' | 'part'
}

/** From this share of unknown tokens on the model misses much of what it is to judge. */
const manyUnknown = 0.1

export function TextPreview({ survey, bag, thing }: TextPreviewProps) {
  const { examples, vocabularySize, heldOut, notes } = survey
  const unknown = heldOut.tokens === 0 ? 0 : heldOut.unknown / heldOut.tokens
  return (
    <>
      <div className={classes.figures}>
        <span>
          <b>{count(vocabularySize)}</b> {bag ? 'words' : 'token ids'}
        </span>
        <span data-high={unknown >= manyUnknown || undefined}>
          <b>{percent(unknown)}</b> of held-out tokens unknown
        </span>
        <span>
          <b>{count(survey.tokens)}</b> tokens in {counted(survey.texts, thing)}
          {survey.whole ? '' : ', the beginning of the source'}
        </span>
      </div>
      <ul className={classes.texts} aria-label="Preview of texts">
        {examples.map((one, at) => (
          <li key={at} className={classes.text} data-plain={one.label === null || undefined}>
            {one.label !== null && (
              <bdi
                className={classes.textLabel}
                title={`${one.label} · ${partNames[one.split].toLowerCase()}`}
              >
                {one.label}
              </bdi>
            )}
            <div className={classes.tokens}>
              <Tokens tokens={one.tokens} />
              {one.length > one.tokens.length && ' …'}
            </div>
            <span className={classes.textLength} title={counted(one.length, 'token')}>
              {count(one.length)}
            </span>
          </li>
        ))}
      </ul>
      {notes.length > 0 && (
        <ul className={classes.notes}>
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </>
  )
}

/** Whether texts are read as how often each word occurs. */
export const isBag = ({ text, blocks }: ImportOptions): boolean =>
  text?.representation === 'bag-of-words' && blocks === null
