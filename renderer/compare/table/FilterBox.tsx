/** One field to find runs: words, or conditions such as `val/accuracy > 0.7`. Offers what can come next. */
import { ActionIcon, TextInput, Tooltip } from '@mantine/core'
import { IconFilter, IconX } from '@tabler/icons-react'
import { useEffect, useId, useRef, useState, type KeyboardEvent } from 'react'
import { complete, type Completions } from '../../../main/common/filter/complete.ts'
import type { FilterError } from '../../../main/common/filter/error.ts'
import type { Fields } from '../../../main/common/filter/fields/index.ts'
import type { Run } from '../../../main/common/schemas.ts'
import classes from './FilterBox.module.css'
import { changeView, useView } from './view.ts'

interface FilterBoxProps {
  fields: Fields
  runs: readonly Run[]
  error: FilterError | null
}

const none: Completions = { start: 0, end: 0, options: [] }

export function FilterBox({ fields, runs, error }: FilterBoxProps) {
  const text = useView((s) => s.view.filter)
  const input = useRef<HTMLInputElement>(null)
  const [offered, setOffered] = useState<Completions>(none)
  const [chosen, setChosen] = useState(-1)
  const [focused, setFocused] = useState(false)
  const id = useId()
  // What ends with the text is still being written.
  const said = error && !(focused && error.end >= text.trimEnd().length) ? error : null
  const open = offered.options.length > 0

  useEffect(() => {
    const onKey = (event: globalThis.KeyboardEvent): void => {
      if (!(event.ctrlKey || event.metaKey) || event.key !== 'f') return
      event.preventDefault()
      input.current?.focus()
      input.current?.select()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [])

  const close = (): void => {
    setOffered(none)
    setChosen(-1)
  }
  const offer = (value: string): void => {
    setOffered(complete(value, input.current?.selectionStart ?? value.length, fields, runs))
    setChosen(-1)
  }
  const accept = (index: number): void => {
    const option = offered.options[index]
    const field = input.current
    if (!option || !field) return
    const before = `${text.slice(0, offered.start)}${option.insert} `
    const next = before + text.slice(offered.end).trimStart()
    changeView({ filter: next })
    // The field shows it after the next paint; only then can the caret stand behind it.
    requestAnimationFrame(() => {
      field.focus()
      field.setSelectionRange(before.length, before.length)
      offer(next)
    })
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined) {
      event.preventDefault()
      if (!open) return offer(text)
      const count = offered.options.length
      setChosen(chosen < 0 && step < 0 ? count - 1 : (chosen + step + count) % count)
    } else if ((event.key === 'Enter' || event.key === 'Tab') && chosen >= 0) {
      event.preventDefault()
      accept(chosen)
    } else if (event.key === 'Enter') close()
    else if (event.key === 'Escape') {
      if (open) close()
      else changeView({ filter: '' })
      event.stopPropagation()
    }
  }

  return (
    <div className={classes.box} role="search">
      <TextInput
        ref={input}
        aria-label="Filter runs"
        placeholder={'val/accuracy > 0.7 and data = "digits", or words'}
        leftSection={<IconFilter size={14} aria-hidden />}
        rightSectionWidth={text === '' ? 54 : 30}
        rightSection={
          text === '' ? (
            <kbd className={classes.key}>Ctrl F</kbd>
          ) : (
            <Tooltip label="Show all runs (Escape)">
              <ActionIcon size={20} aria-label="Clear the filter" onClick={() => changeView({ filter: '' })}>
                <IconX size={13} />
              </ActionIcon>
            </Tooltip>
          )
        }
        value={text}
        error={said !== null}
        spellCheck={false}
        autoComplete="off"
        role="combobox"
        aria-expanded={open}
        aria-controls={id}
        aria-autocomplete="list"
        aria-activedescendant={chosen >= 0 ? `${id}-${chosen}` : undefined}
        aria-describedby={said ? `${id}-error` : undefined}
        onChange={(event) => {
          changeView({ filter: event.currentTarget.value })
          offer(event.currentTarget.value)
        }}
        onClick={() => offer(text)}
        onFocus={() => setFocused(true)}
        onBlur={() => {
          setFocused(false)
          close()
        }}
        onKeyDown={onKeyDown}
        classNames={{ input: classes.input }}
      />
      {open && (
        <ul id={id} role="listbox" aria-label="What can come next" className={classes.list}>
          {offered.options.map(({ insert, note }, i) => (
            <li
              key={insert}
              id={`${id}-${i}`}
              ref={i === chosen ? (element) => element?.scrollIntoView({ block: 'nearest' }) : undefined}
              role="option"
              aria-selected={i === chosen}
              className={classes.option}
              // Before the field loses the focus to it.
              onMouseDown={(event) => {
                event.preventDefault()
                accept(i)
              }}
            >
              <span>{insert}</span>
              <span className={classes.note}>{note}</span>
            </li>
          ))}
        </ul>
      )}
      {said && !open && (
        <Problem id={`${id}-error`} text={text} error={said} onGo={() => select(input.current, said)} />
      )}
    </div>
  )
}

function select(field: HTMLInputElement | null, { start, end }: FilterError): void {
  field?.focus()
  field?.setSelectionRange(start, Math.max(end, start))
}

/** What is wrong, with the text it is about. */
function Problem(props: { id: string; text: string; error: FilterError; onGo: () => void }) {
  const { start, what, mend } = props.error
  return (
    <div id={props.id} role="alert" className={classes.problem}>
      <button type="button" className={classes.place} onClick={props.onGo} title="Go there">
        position {Math.min(start, props.text.length) + 1}
      </button>
      <span>{what}</span> <span className={classes.mend}>{mend}</span>
    </div>
  )
}
