/** Files that another program writes: which are followed, how they stand, and one more. */
import { ActionIcon, Button, Modal } from '@mantine/core'
import {
  IconAlertTriangle,
  IconAntennaBars5,
  IconCircleCheck,
  IconClock,
  IconPlayerStop,
  IconPlugConnectedX,
  IconTrash,
} from '@tabler/icons-react'
import type { Follow, FollowState } from '../../../main/common/exchange/follow.ts'
import {
  closeFollows,
  follow,
  forgetFollow,
  setFollowPath,
  stopFollowing,
  useFollows,
} from '../../state/follows.ts'
import { tickOnly } from '../../state/runs.ts'
import { bytes, count, counted, moment, percent } from '../../ui/format.ts'
import { RefusalText } from '../../ui/Notices.tsx'
import { PathButtons } from '../../ui/PathButtons.tsx'
import { PathForm } from '../../ui/PathForm.tsx'
import exchange from './Exchange.module.css'
import classes from './Follow.module.css'

const looks: Record<FollowState, { icon: typeof IconClock; word: string; colour: string }> = {
  live: { icon: IconAntennaBars5, word: 'live', colour: 'var(--td-accent)' },
  waiting: { icon: IconClock, word: 'waiting for it', colour: 'var(--td-dim)' },
  quiet: { icon: IconCircleCheck, word: 'no lines now', colour: 'var(--td-ok)' },
  missing: { icon: IconPlugConnectedX, word: 'out of reach', colour: 'var(--td-warn)' },
  stopped: { icon: IconPlayerStop, word: 'stopped', colour: 'var(--td-dim)' },
}

export function FollowDialog() {
  const { open, list } = useFollows()
  return (
    <Modal opened={open} onClose={closeFollows} title={<b>Follow a file</b>} size={680}>
      <p className={exchange.lead}>
        Runs that another program trains, on this machine or on one that shares a folder with it: their lines
        of metrics come into the table while they are written. They are watched and compared here; pausing and
        stopping them is done where they run.
      </p>
      <NewPath />
      {list && list.length > 0 && (
        <ul className={classes.list} aria-label="Followed">
          {list.toReversed().map((one) => (
            <Item key={one.id} one={one} />
          ))}
        </ul>
      )}
    </Modal>
  )
}

function NewPath() {
  const { path, refusal } = useFollows()
  return (
    <>
      <PathForm
        label="Path of a file of metrics, or of a folder of such files"
        placeholder="/mnt/shared/run/metrics.jsonl"
        value={path}
        onChange={setFollowPath}
        action="Follow"
        onSubmit={(typed) => void follow(typed)}
      />
      <p className={classes.hint}>
        JSON lines or CSV, as <code>train.py</code> of an exported project writes them, or event files of
        TensorBoard. Below a folder, every .jsonl file and every folder with event files is a run, later ones
        too. Nothing has to be there yet.
      </p>
      <div className={exchange.choose}>
        <PathButtons
          what="folder or file"
          title="Choose what to follow"
          hint="A file of metrics, or a folder with .jsonl files or event files of TensorBoard."
          onChoose={setFollowPath}
        />
      </div>
      {refusal && (
        <div className={exchange.refusal} role="alert">
          <RefusalText {...refusal} />
        </div>
      )}
    </>
  )
}

/** What is there cannot be read. */
const refused = { icon: IconAlertTriangle, word: 'cannot be read', colour: 'var(--td-bad)' }

function Item({ one }: { one: Follow }) {
  const { id, path, state, problem, runs } = one
  const { icon: Icon, word, colour } = state === 'quiet' && problem ? refused : looks[state]
  const stopped = state === 'stopped'
  return (
    <li className={classes.item} aria-label={path}>
      <div className={classes.head}>
        <span className={classes.path} title={path}>
          <bdi>{path}</bdi>
        </span>
        <span className={classes.state} style={{ color: colour }} role="status">
          <Icon size={14} aria-hidden />
          {word}
        </span>
      </div>
      <div className={classes.foot}>
        <span className={classes.facts}>{facts(one)}</span>
        {runs.length > 0 && (
          <Button
            size="compact-xs"
            variant="default"
            onClick={() => {
              tickOnly(runs.map((run) => run.id))
              closeFollows()
            }}
          >
            Compare
          </Button>
        )}
        {stopped ? (
          <Button size="compact-xs" variant="default" onClick={() => void follow(path)}>
            Go on
          </Button>
        ) : (
          <Button size="compact-xs" variant="default" onClick={() => void stopFollowing(id)}>
            Stop
          </Button>
        )}
        <ActionIcon
          size={22}
          aria-label="Take it off the list"
          title="Take it off the list; its runs stay"
          onClick={() => void forgetFollow(id)}
        >
          <IconTrash size={14} />
        </ActionIcon>
      </div>
      {problem && (
        <div className={classes.problem}>
          <RefusalText {...problem} detail="" />
        </div>
      )}
    </li>
  )
}

function facts({ runs, runCount, points, lastLineAt, bytes: { read, total }, state }: Follow): string {
  const [newest] = runs
  if (!newest) return state === 'waiting' ? 'Nothing has come yet' : 'No runs in it'
  const parts = [runCount === 1 ? `Run ${newest.id} “${newest.name}”` : counted(runCount, 'run')]
  if (points > 0) parts.push(`${count(points)} new points`)
  if (total - read > 1e6) parts.push(`${percent(read / total)} of ${bytes(total)} read`)
  if (lastLineAt !== null) parts.push(`last line ${moment(lastLineAt)}`)
  return parts.join(' · ')
}
