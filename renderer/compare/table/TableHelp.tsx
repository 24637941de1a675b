/** What can be written into the filter, by example (a click writes it), and the keys of the table. */
import { ActionIcon, Popover } from '@mantine/core'
import { IconHelp } from '@tabler/icons-react'
import { useState } from 'react'
import { addClause } from '../../../main/common/filter/clause.ts'
import classes from './FilterBox.module.css'
import { filterExamples } from './filterExamples.ts'
import { changeView, useView } from './view.ts'

const keys: readonly [key: string, meaning: string][] = [
  ['↑ ↓', 'another row'],
  ['Space', 'tick'],
  ['Shift', 'tick up to here'],
  ['Ctrl A', 'tick all that match'],
  ['← →', 'another cell; close, open a group'],
  ['Menu', 'what can be done here (or Shift F10)'],
  ['Enter', 'open'],
  ['F2', 'rename'],
  ['T', 'tags'],
  ['N', 'note'],
  ['G', 'group'],
  ['Delete', 'to the bin'],
]

export function TableHelp() {
  const [opened, setOpened] = useState(false)
  return (
    <Popover opened={opened} onChange={setOpened} position="top-start" shadow="md" width={680} trapFocus>
      <Popover.Target>
        <ActionIcon
          aria-label="What can be written here, and keys"
          aria-expanded={opened}
          size={24}
          onClick={() => setOpened(!opened)}
        >
          <IconHelp size={16} />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown p={8} mah={376} style={{ overflow: 'auto' }}>
        <ul className={classes.examples} aria-label="Examples of filters">
          {filterExamples.map(([text, meaning]) => (
            <li key={text}>
              <button
                type="button"
                className={classes.example}
                onClick={() => {
                  setOpened(false)
                  changeView({ filter: addClause(useView.getState().view.filter, text) })
                }}
              >
                <code>{text}</code>
                <span className={classes.note}>{meaning}</span>
              </button>
            </li>
          ))}
        </ul>
        <p className={classes.foot}>
          Names with spaces stand in backquotes. The arrow in a cell of the table, a right click on it or the
          Menu key shows only the runs that have its value.
        </p>
        <ul className={classes.keys} aria-label="Keys of the table">
          {keys.map(([key, meaning]) => (
            <li key={key}>
              <kbd className={classes.key}>{key}</kbd> {meaning}
            </li>
          ))}
        </ul>
      </Popover.Dropdown>
    </Popover>
  )
}
