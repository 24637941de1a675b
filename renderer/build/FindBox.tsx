/** Search on the canvas: type a title or a kind, Enter walks through what is called that. */
import { ActionIcon } from '@mantine/core'
import { IconChevronDown, IconChevronUp, IconX } from '@tabler/icons-react'
import { useState, type KeyboardEvent } from 'react'
import { useCanvas } from './canvas.ts'
import classes from './FindBox.module.css'
import { focusNode } from './panel/focus.ts'
import { findNodes } from './search.ts'
import { useView } from './useView.ts'

export const findFieldId = 'canvas-find'

export function FindBox() {
  return useCanvas((s) => s.finding) ? <Box /> : null
}

function Box() {
  const analysis = useCanvas((s) => s.analysis)
  const selected = useCanvas((s) => s.selectedNodes[0])
  const { look } = useView()
  const [query, setQuery] = useState('')
  const found = findNodes(analysis, query)
  const at = selected === undefined ? -1 : found.indexOf(selected)

  const go = (by: 1 | -1): void => {
    const next = found[at < 0 ? 0 : (at + by + found.length) % found.length]
    if (next !== undefined) look(next)
  }
  const close = (): void => {
    useCanvas.setState({ finding: false })
    if (selected !== undefined) focusNode(selected)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') go(event.shiftKey ? -1 : 1)
    else if (event.key === 'ArrowDown') go(1)
    else if (event.key === 'ArrowUp') go(-1)
    else if (event.key === 'Escape') close()
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <search className={classes.box} aria-label="Find on the canvas">
      <input
        id={findFieldId}
        autoFocus
        aria-label="Find a layer on the canvas"
        placeholder="Find on the canvas"
        autoComplete="off"
        spellCheck={false}
        value={query}
        onChange={(event) => {
          setQuery(event.currentTarget.value)
          const [first] = findNodes(analysis, event.currentTarget.value)
          if (first !== undefined) look(first)
        }}
        onKeyDown={onKeyDown}
      />
      <span className={classes.count} role="status">
        {query.trim() === ''
          ? ''
          : found.length === 0
            ? 'none'
            : `${at < 0 ? '–' : at + 1} of ${found.length}`}
      </span>
      <ActionIcon aria-label="The one before" size={24} disabled={found.length === 0} onClick={() => go(-1)}>
        <IconChevronUp size={15} />
      </ActionIcon>
      <ActionIcon aria-label="The next one" size={24} disabled={found.length === 0} onClick={() => go(1)}>
        <IconChevronDown size={15} />
      </ActionIcon>
      <ActionIcon aria-label="Close the search" size={24} onClick={close}>
        <IconX size={15} />
      </ActionIcon>
    </search>
  )
}
