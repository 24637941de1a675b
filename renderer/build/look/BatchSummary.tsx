/** One line over the canvas after one batch: the loss, what it should be, how long it took. */
import { ActionIcon } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { Panel } from '@xyflow/react'
import type { OneBatch } from '../../../main/common/inspection.ts'
import { measure, milliseconds } from '../../ui/format.ts'
import classes from './Look.module.css'
import { forgetBatch, useLook } from './look.ts'

export function BatchSummary() {
  const answer = useLook((s) => s.batch?.answer)
  if (!answer) return null
  const remark = remarkOn(answer)
  return (
    <Panel position="top-center" className={classes.summary ?? ''}>
      <span role="status">
        <b>One batch of {answer.size}</b> · loss {measure(answer.loss)}, {measure(answer.expectedLoss)}{' '}
        expected of a model that knows nothing · forward {milliseconds(answer.forwardMs)}, backward{' '}
        {milliseconds(answer.backwardMs)}
        {remark && <span className={classes.remark}>{remark}</span>}
      </span>
      <ActionIcon size={20} aria-label="Close what one batch showed" onClick={forgetBatch}>
        <IconX size={14} />
      </ActionIcon>
    </Panel>
  )
}

function remarkOn({ loss, remark, nodes }: OneBatch): string | null {
  if (!Number.isFinite(loss) || nodes.some(({ notFinite }) => notFinite > 0))
    return 'Some values are not finite: the first node marked so is where it begins.'
  return remark === null ? null : `${remark.charAt(0).toUpperCase()}${remark.slice(1)}.`
}
