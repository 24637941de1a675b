/** The sweeps: what trains and waits in its order, then what has ended. */
import { ActionIcon, Button, Progress, Tooltip, UnstyledButton } from '@mantine/core'
import { IconArrowUp } from '@tabler/icons-react'
import type { Queue, Sweep } from '../../main/common/sweeps/contract.ts'
import { chooseSweep, moveSweep, pauseSweep, resumeSweep } from '../state/sweeps.ts'
import { Card } from '../ui/Card.tsx'
import { count, measure } from '../ui/format.ts'
import { RefusalText } from '../ui/Notices.tsx'
import { SweepState } from './SweepState.tsx'
import classes from './SweepsPage.module.css'

export function QueuePanel({ queue, chosen }: { queue: Queue; chosen: number }) {
  const { sweeps, waitsFor, fault } = queue
  const queued = sweeps.filter(({ status }) => status === 'queued')
  const paused = sweeps.filter(({ status }) => status === 'paused')
  return (
    <Card
      title="Sweeps"
      flush
      className={classes.queue}
      controls={
        <>
          {queued.length > 1 && (
            <Button variant="default" onClick={() => void pauseSweep(null)}>
              Pause all
            </Button>
          )}
          {paused.length > 1 && (
            <Button variant="default" onClick={() => void resumeSweep(null)}>
              Go on with all
            </Button>
          )}
        </>
      }
    >
      {waitsFor !== null && (
        <p className={classes.remark}>
          The queue waits until run {waitsFor}, which was started by hand, has ended.
        </p>
      )}
      {fault && (
        <div className={classes.fault} role="alert">
          <RefusalText {...fault} />
        </div>
      )}
      <ul className={classes.list} aria-label="Sweeps">
        {sweeps.map((sweep, i) => (
          <Item
            key={sweep.id}
            sweep={sweep}
            chosen={sweep.id === chosen}
            before={waits(sweep) ? (sweeps[i - 1] ?? null) : null}
          />
        ))}
      </ul>
    </Card>
  )
}

const waits = ({ status }: Sweep): boolean => status === 'queued' || status === 'paused'

/** @param before the one that it can be put before */
function Item({ sweep, chosen, before }: { sweep: Sweep; chosen: boolean; before: Sweep | null }) {
  const { total, finished, failed, skipped } = sweep.counts
  const done = finished + failed + skipped
  return (
    <li className={classes.item} data-chosen={chosen || undefined}>
      <UnstyledButton
        className={classes.itemButton}
        aria-current={chosen || undefined}
        onClick={() => chooseSweep(sweep.id)}
      >
        <span className={classes.itemName}>{sweep.name}</span>
        <span className={classes.itemLine}>
          <SweepState sweep={sweep} />
          <span>
            {count(done)} of {count(total)}
          </span>
          {sweep.best && (
            <span className={classes.itemBest}>
              best <b>{measure(sweep.best.value)}</b>
            </span>
          )}
        </span>
        {waits(sweep) && (
          <Progress
            value={(100 * done) / total}
            size={3}
            aria-label={`Progress of ${sweep.name}`}
            transitionDuration={0}
          />
        )}
      </UnstyledButton>
      {before && (
        <Tooltip label={`Before "${before.name}"`}>
          <ActionIcon
            aria-label={`Move ${sweep.name} up`}
            onClick={() => void moveSweep(sweep.id, before.id)}
          >
            <IconArrowUp size={15} />
          </ActionIcon>
        </Tooltip>
      )}
    </li>
  )
}
