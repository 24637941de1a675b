/** What is wrong with the model and what only has no effect; a press leads there. */
import { Popover } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck, IconInfoCircle } from '@tabler/icons-react'
import { useRef, useState } from 'react'
import type { Problem } from '../../main/common/shapes.ts'
import { clsx } from '../ui/clsx.ts'
import { counted } from '../ui/format.ts'
import { mend } from './actions.ts'
import { useCanvas } from './canvas.ts'
import classes from './Canvas.module.css'
import { SentenceWithShapes } from './LayerNode.tsx'
import node from './Node.module.css'
import { useView } from './useView.ts'

export function ProblemsButton() {
  const problems = useCanvas((s) => s.analysis.problems)
  const remarks = useCanvas((s) => s.analysis.remarks)
  const wrong = useCanvas((s) =>
    [...s.analysis.nodes.values()].some(({ error }) => error !== null && error.incomplete !== true),
  )
  const [opened, setOpened] = useState(false)
  const button = useRef<HTMLButtonElement>(null)
  if (problems.length + remarks.length === 0)
    return (
      <span className={clsx(classes.tool, classes.ok)} role="status">
        <IconCircleCheck size={15} aria-hidden />
        No problems
      </span>
    )
  const tone = problems.length === 0 ? undefined : wrong ? classes.bad : classes.warn
  const words = [
    problems.length > 0 ? counted(problems.length, 'problem') : '',
    remarks.length > 0 ? counted(remarks.length, 'remark') : '',
  ]
  return (
    <Popover
      opened={opened}
      onChange={setOpened}
      position="top-start"
      width={420}
      shadow="md"
      trapFocus
      transitionProps={{ duration: 100 }}
    >
      <Popover.Target>
        <button
          ref={button}
          type="button"
          className={clsx(classes.tool, tone)}
          onClick={() => setOpened((value) => !value)}
        >
          {problems.length > 0 ? (
            <IconAlertTriangle size={15} aria-hidden />
          ) : (
            <IconInfoCircle size={15} aria-hidden />
          )}
          {words.filter(Boolean).join(' · ')}
        </button>
      </Popover.Target>
      <Popover.Dropdown
        p={0}
        // Back to the button on Escape only: an entry takes the keyboard to its node.
        onKeyDown={(event) => event.key === 'Escape' && button.current?.focus()}
      >
        <ul className={classes.problems} aria-label="Problems">
          {[...problems, ...remarks].map((problem, i) => (
            <Entry key={i} problem={problem} onLeave={() => setOpened(false)} />
          ))}
        </ul>
      </Popover.Dropdown>
    </Popover>
  )
}

function Entry({ problem, onLeave }: { problem: Problem; onLeave: () => void }) {
  const { reveal, revealBlock } = useView()
  const { level, node: at, block, message, mends } = problem
  const Icon = level === 'error' ? IconAlertTriangle : IconInfoCircle
  const words = (
    <>
      <Icon
        size={14}
        aria-label={level}
        className={level === 'error' ? classes.errorIcon : classes.remarkIcon}
      />
      <SentenceWithShapes text={message} />
    </>
  )
  return (
    <li>
      {at === null && block === undefined ? (
        <span className={classes.problemText}>{words}</span>
      ) : (
        <button
          type="button"
          className={classes.problemText}
          onClick={() => {
            onLeave()
            if (at !== null) reveal(at)
            else if (block !== undefined) revealBlock(block)
          }}
        >
          {words}
        </button>
      )}
      {mends.slice(0, 1).map((offered) => (
        <button
          key={offered.title}
          type="button"
          className={clsx(node.mend, classes.mend)}
          onClick={() => mend(offered)}
        >
          {offered.title}
        </button>
      ))}
    </li>
  )
}
