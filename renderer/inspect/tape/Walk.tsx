/** Through backward node by node: buttons, a slider, arrow keys. */
import { ActionIcon, Slider, Tooltip } from '@mantine/core'
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react'
import { useMemo } from 'react'
import type { TapeNode, TapeRecord } from '../../../main/common/tape/record.ts'
import { count } from '../../ui/format.ts'
import { select, turnsOf } from './tape.ts'
import classes from './Tape.module.css'

export function Walk({ record, node }: { record: TapeRecord; node: TapeNode | null }) {
  const turns = useMemo(() => turnsOf(record), [record])
  const at = node === null ? -1 : turns.indexOf(node)
  const last = turns.length - 1
  const go = (to: number): void => {
    const next = turns[Math.max(0, Math.min(last, to))]
    if (next) select({ node: next.id })
  }
  if (turns.length === 0) return null
  return (
    <div className={classes.walk} role="group" aria-label="Step through backward">
      <Tooltip label="The node before, nearer to the loss (←)">
        <ActionIcon variant="default" aria-label="Step back" disabled={at <= 0} onClick={() => go(at - 1)}>
          <IconChevronLeft size={16} />
        </ActionIcon>
      </Tooltip>
      <Slider
        aria-label="Turn of backward"
        size="xs"
        min={0}
        max={Math.max(1, last)}
        value={Math.max(0, at)}
        onChange={go}
        label={null}
        thumbLabel="Turn of backward"
      />
      <Tooltip label="The next node of backward (→)">
        <ActionIcon variant="default" aria-label="Step on" disabled={at >= last} onClick={() => go(at + 1)}>
          <IconChevronRight size={16} />
        </ActionIcon>
      </Tooltip>
      <small>
        {at < 0
          ? 'Step through backward: from the loss to the first layer.'
          : `Backward, turn ${count(at + 1)} of ${count(last + 1)}`}
        {record.nodes > record.listed.length && ` listed (of ${count(record.nodes)})`}
      </small>
    </div>
  )
}
