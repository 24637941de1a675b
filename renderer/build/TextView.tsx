/** The model as text: the same document in lines, edited as a whole and taken over in one step of undo. */
import { Button } from '@mantine/core'
import { useRef, useState, type KeyboardEvent } from 'react'
import { fromText, toText, type TextError } from '../../main/common/text.ts'
import { counted } from '../ui/format.ts'
import { select } from './canvas.ts'
import { useLayout } from './layout.ts'
import { useModel } from './store.ts'
import classes from './TextView.module.css'

export function TextView() {
  const document = useModel((s) => s.document)
  // What was typed and the document it began with; null while the text is the model's own.
  const [draft, setDraft] = useState<{ text: string; of: typeof document } | null>(null)
  const field = useRef<HTMLTextAreaElement>(null)
  const numbers = useRef<HTMLPreElement>(null)
  const own = toText(document)
  const text = draft?.text ?? own
  const read = draft === null ? { document } : fromText(draft.text, document)
  const errors = 'errors' in read ? read.errors : []
  const changed = draft !== null && draft.text !== own
  const overtaken = draft !== null && draft.of !== document

  const apply = (): void => {
    if (!changed || 'errors' in read) return
    select([])
    useModel.getState().setDocument(read.document)
    setDraft(null)
  }
  const goTo = ({ line, column }: TextError): void => {
    const lines = text.split('\n')
    const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0)
    const at = start + Math.min(column - 1, lines[line - 1]?.length ?? 0)
    field.current?.focus()
    field.current?.setSelectionRange(at, at)
  }
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 's') {
      apply()
      event.preventDefault()
    } else if (event.key === 'Escape') {
      if (changed) return
      useLayout.getState().set({ view: 'canvas' })
    }
  }
  const faulty = new Set(errors.map(({ line }) => line))
  return (
    <section className={classes.view} aria-label="Model as text">
      <div className={classes.editor}>
        <pre ref={numbers} className={classes.numbers} aria-hidden>
          {text.split('\n').map((_, i) => (
            <span key={i} data-faulty={faulty.has(i + 1) || undefined}>
              {i + 1}
              {'\n'}
            </span>
          ))}
        </pre>
        <textarea
          ref={field}
          aria-label="The model as text"
          aria-invalid={errors.length > 0}
          value={text}
          spellCheck={false}
          autoComplete="off"
          wrap="off"
          onChange={(event) => setDraft({ text: event.currentTarget.value, of: draft?.of ?? document })}
          onScroll={(event) => {
            if (numbers.current) numbers.current.scrollTop = event.currentTarget.scrollTop
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      {errors.length > 0 && (
        <ul className={classes.errors} aria-label="Errors in the text">
          {errors.map((error, i) => (
            <li key={i}>
              <button type="button" onClick={() => goTo(error)}>
                <b>
                  Line {error.line}, column {error.column}
                </b>
                {error.message}
              </button>
            </li>
          ))}
        </ul>
      )}
      <footer className={classes.foot}>
        <span role="status">
          {errors.length > 0
            ? `${counted(errors.length, 'error')}: nothing is taken over until they are mended.`
            : changed
              ? overtaken
                ? 'The model was changed elsewhere meanwhile; taking this over replaces that.'
                : 'Not taken over yet.'
              : 'One line for each layer. What is changed here changes the model, in one step of undo.'}
        </span>
        <Button variant="default" disabled={!changed} onClick={() => setDraft(null)}>
          Discard
        </Button>
        <Button disabled={!changed || errors.length > 0} onClick={apply} title="Ctrl+S">
          Apply
        </Button>
      </footer>
    </section>
  )
}
