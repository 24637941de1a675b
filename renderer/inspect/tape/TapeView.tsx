/** The tape of one step: its nodes by layer, one of them in depth, memory over the step. */
import { Button, Select, Tooltip } from '@mantine/core'
import { IconRoute, IconPlayerRecordFilled } from '@tabler/icons-react'
import { useMemo } from 'react'
import type { TapeHead, TapeRecord } from '../../../main/common/tape/record.ts'
import { isActive, useLive } from '../../state/live.ts'
import { Card } from '../../ui/Card.tsx'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { count, counted, measure, milliseconds } from '../../ui/format.ts'
import { MemoryCard } from './MemoryCard.tsx'
import { NodeDetails } from './NodeDetails.tsx'
import { StretchDetails } from './StretchDetails.tsx'
import { chooseTape, recordTape, turnsOf, useRecord, useTape, useTapes, type Selection } from './tape.ts'
import { TapeList } from './TapeList.tsx'
import classes from './Tape.module.css'
import { Walk } from './Walk.tsx'
import { batchText, differenceText, stretchText } from './words.ts'

export function TapeView({ runId }: { runId: number }) {
  const tapes = useTapes(runId)
  const chosen = useTape((s) => s.id)
  const head = tapes?.find(({ id }) => id === chosen) ?? tapes?.[0]
  const record = useRecord(head?.id ?? null)
  if (tapes === null) return null
  if (!head) return <NoTape runId={runId} />
  if (!record) return null
  return <Drawn record={record} before={tapes[tapes.indexOf(head) + 1]} />
}

function Drawn({ record, before }: { record: TapeRecord; before: TapeHead | undefined }) {
  const wanted = useTape((s) => s.selection)
  const selection = useMemo<Selection>(
    () => wanted ?? { node: turnsOf(record)[0]?.id ?? record.listed[0]?.id ?? 0 },
    [wanted, record],
  )
  const node = 'node' in selection ? (record.listed.find(({ id }) => id === selection.node) ?? null) : null
  const difference = differenceText(record, before)
  const notes = [
    counted(record.nodes, 'node') + (difference === null ? '' : `, ${difference}`),
    batchText(record),
    `loss ${measure(record.loss, 4)}`,
    `forward ${milliseconds(record.forwardMs)}, backward ${milliseconds(record.backwardMs)}`,
  ]
  return (
    <div className={classes.view}>
      <Card
        className={classes.tape}
        title={`The tape of step ${count(record.step)}`}
        note={notes.join(' · ')}
      >
        <TapeList record={record} selection={selection} />
      </Card>
      <Card
        className={classes.details}
        title={node ? node.op : 'node' in selection ? 'Node' : stretchText(record.layers, selection)}
        note={node ? `node ${count(node.id + 1)}, in ${record.layers[node.layer]?.title ?? ''}` : ''}
      >
        <Walk record={record} node={node} />
        <div className={classes.scrolls}>
          {node && <NodeDetails record={record} node={node} />}
          {!('node' in selection) && <StretchDetails record={record} {...selection} />}
        </div>
      </Card>
      <MemoryCard record={record} node={node} />
    </div>
  )
}

/** Which tape of the run, and another one. */
export function TapeControls({ runId }: { runId: number }) {
  const tapes = useTapes(runId)
  const chosen = useTape((s) => s.id)
  const head = tapes?.find(({ id }) => id === chosen) ?? tapes?.[0]
  if (!tapes || !head) return null
  return (
    <>
      <Select
        aria-label="Tape"
        w={190}
        value={String(head.id)}
        data={tapes.map(({ id, step, nodes }) => ({
          value: String(id),
          label: `step ${count(step)} · ${counted(nodes, 'node')}`,
        }))}
        onChange={(value) => value && chooseTape(Number(value))}
      />
      <RecordButton runId={runId} variant="default" />
    </>
  )
}

function RecordButton({ runId, variant }: { runId: number; variant: 'default' | 'filled' }) {
  const recording = useTape((s) => s.recording)
  const status = useLive((s) => (isActive(s.live) && s.live?.runId === runId ? s.live.status : null))
  const help =
    status === 'running'
      ? 'The next step writes down what it does. It computes what it would have computed anyway.'
      : status === 'paused'
        ? 'Makes one step, as Step does, and writes down what it does.'
        : 'Makes the step after the newest checkpoint once more, writes down what it does, and throws it away.'
  return (
    <Tooltip label={help} maw={300}>
      <Button
        variant={variant}
        loading={recording}
        leftSection={<IconPlayerRecordFilled size={14} />}
        onClick={() => void recordTape(runId)}
      >
        {status === null ? 'Record a step' : 'Record the next step'}
      </Button>
    </Tooltip>
  )
}

function NoTape({ runId }: { runId: number }) {
  return (
    <div className={classes.empty}>
      <EmptyState
        icon={<IconRoute size={36} stroke={1.4} />}
        title="No step of this run is recorded yet"
        action={<RecordButton runId={runId} variant="filled" />}
      >
        A recorded step shows its tape: every op that ran, with its shapes, its time forward and backward and
        what it kept for backward. You walk back from the loss and see each gradient on its way, and over time
        where the memory goes.
      </EmptyState>
    </div>
  )
}
