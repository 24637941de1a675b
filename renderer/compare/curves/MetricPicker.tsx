/** Which metrics are drawn, each in a chart: found by typing, among any number of names. */
import { Button, Checkbox, Popover, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconChevronDown, IconSearch } from '@tabler/icons-react'
import { memo, useId, useMemo, useState, type KeyboardEvent } from 'react'
import type { Run } from '../../../main/common/schemas.ts'
import { count, counted } from '../../ui/format.ts'
import { VirtualList } from '../../ui/VirtualList.tsx'
import classes from './Curves.module.css'
import { namesOf, searchNames } from './metricNames.ts'

interface MetricPickerProps {
  /** Whose metrics are offered. */
  runs: readonly Run[]
  chosen: readonly string[]
  onChange: (chosen: string[]) => void
}

/** More charts at once than anybody reads. */
export const mostMetrics = 24
const rowHeight = 26

export const MetricPicker = memo(function MetricPicker({ runs, chosen, onChange }: MetricPickerProps) {
  const [opened, { toggle, close }] = useDisclosure()
  const title = chosen.length === 1 ? chosen[0] : counted(chosen.length, 'metric')
  return (
    <Popover
      opened={opened}
      onChange={(open) => !open && close()}
      position="bottom-start"
      width={340}
      trapFocus
      shadow="md"
    >
      <Popover.Target>
        <Button
          variant="subtle"
          color="gray"
          className={classes.metric}
          aria-label={`Metrics: ${chosen.join(', ')}`}
          rightSection={<IconChevronDown size={14} />}
          onClick={toggle}
        >
          {title}
        </Button>
      </Popover.Target>
      <Popover.Dropdown p={8}>
        <Names runs={runs} chosen={chosen} onChange={onChange} onClose={close} />
      </Popover.Dropdown>
    </Popover>
  )
})

function Names({ runs, chosen, onChange, onClose }: MetricPickerProps & { onClose: () => void }) {
  const names = useMemo(() => namesOf(runs), [runs])
  const [search, setSearch] = useState('')
  const [active, setActive] = useState(() => Math.max(0, names.indexOf(chosen[0] ?? '')))
  const id = useId()
  const found = useMemo(() => searchNames(names, search), [names, search])
  const marked = Math.min(active, found.length - 1)

  const only = (name: string): void => {
    onChange([name])
    onClose()
  }
  const toggle = (name: string): void => {
    if (!chosen.includes(name)) {
      if (chosen.length < mostMetrics) onChange([...chosen, name])
    } else if (chosen.length > 1) onChange(chosen.filter((one) => one !== name))
  }
  const press = (event: KeyboardEvent): void => {
    const moves: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 9, PageUp: -9 }
    const move = moves[event.key]
    const name = found[marked]
    if (move !== undefined) setActive(Math.max(0, Math.min(found.length - 1, marked + move)))
    else if (event.key === 'Enter' && name !== undefined)
      (event.ctrlKey || event.metaKey ? toggle : only)(name)
    else return
    event.preventDefault()
  }
  return (
    <>
      <TextInput
        data-autofocus
        aria-label="Find a metric"
        placeholder="Find a metric"
        leftSection={<IconSearch size={14} />}
        value={search}
        role="combobox"
        aria-expanded
        aria-controls={id}
        aria-activedescendant={`${id}-${marked}`}
        onChange={(event) => {
          setSearch(event.currentTarget.value)
          setActive(0)
        }}
        onKeyDown={press}
      />
      <div id={id} className={classes.names}>
        {found.length === 0 && <p className={classes.nothing}>No metric has “{search}” in its name.</p>}
        <VirtualList
          count={found.length}
          rowHeight={rowHeight}
          maxHeight={260}
          label="Metrics"
          active={marked}
        >
          {(index) => {
            const name = found[index] as string
            return (
              <div id={`${id}-${index}`} className={classes.name} data-active={index === marked || undefined}>
                <Checkbox
                  aria-label={`Draw ${name}`}
                  tabIndex={-1}
                  checked={chosen.includes(name)}
                  disabled={chosen.includes(name) ? chosen.length === 1 : chosen.length >= mostMetrics}
                  onChange={() => toggle(name)}
                />
                <button
                  type="button"
                  tabIndex={-1}
                  className={classes.only}
                  title={name}
                  onClick={() => only(name)}
                >
                  {name}
                </button>
              </div>
            )
          }}
        </VirtualList>
      </div>
      <p className={classes.hint}>
        {found.length === names.length
          ? counted(names.length, 'metric')
          : `${counted(found.length, 'metric')} of ${count(names.length)}`}
        . Tick several for a chart each; Enter draws one alone, Ctrl+Enter adds it.
      </p>
    </>
  )
}
