/** Bottom left of the canvas: what is wrong, tidy, zoom. */
import { Popover } from '@mantine/core'
import { Panel, useReactFlow, useStore, useStoreApi } from '@xyflow/react'
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconHandStop,
  IconLayoutDistributeVertical,
  IconMarquee2,
  IconMaximize,
  IconMinus,
  IconPlus,
} from '@tabler/icons-react'
import { useRef, useState } from 'react'
import { clsx } from '../ui/clsx.ts'
import { columnsIn, mend, tidyUp } from './actions.ts'
import { useCanvas } from './canvas.ts'
import classes from './Canvas.module.css'
import { useLayout, type Layout } from './layout.ts'
import { SentenceWithShapes } from './LayerNode.tsx'
import { glide } from './motion.ts'
import node from './Node.module.css'
import { useView } from './useView.ts'

export function Toolbar() {
  const empty = useCanvas((s) => s.nodes.length === 0)
  const percent = useStore((s) => Math.round(s.transform[2] * 100))
  const store = useStoreApi()
  const { zoomIn, zoomOut, zoomTo } = useReactFlow()
  const { fit } = useView()
  if (empty) return null
  return (
    <Panel position="bottom-left" className={classes.toolbar ?? ''}>
      <ProblemsButton />
      <Tools />
      <button
        type="button"
        className={classes.tool}
        title="Lay the model out left to right (T)"
        onClick={() => {
          tidyUp(columnsIn(store.getState().width))
          fit()
        }}
      >
        <IconLayoutDistributeVertical size={15} aria-hidden />
        Tidy
      </button>
      <div className={classes.tools} role="group" aria-label="Zoom">
        <button
          type="button"
          aria-label="Zoom out"
          title="Zoom out"
          onClick={() => void zoomOut({ duration: glide() })}
        >
          <IconMinus size={14} />
        </button>
        <button
          type="button"
          className={classes.zoom}
          aria-label={`Zoom is ${percent} %; set it to 100 %`}
          title="Back to 100 %"
          onClick={() => void zoomTo(1, { duration: glide() })}
        >
          {percent} %
        </button>
        <button
          type="button"
          aria-label="Zoom in"
          title="Zoom in"
          onClick={() => void zoomIn({ duration: glide() })}
        >
          <IconPlus size={14} />
        </button>
        <button type="button" aria-label="Fit the model into view" title="Fit into view (F)" onClick={fit}>
          <IconMaximize size={14} />
        </button>
      </div>
    </Panel>
  )
}

/** What dragging on the open canvas does. */
function Tools() {
  const tool = useLayout((s) => s.tool)
  const choose = (wanted: Layout['tool']): void => useLayout.getState().set({ tool: wanted })
  return (
    <div className={classes.tools} role="group" aria-label="Dragging on the canvas">
      <button
        type="button"
        aria-label="Move the view"
        aria-pressed={tool === 'pan'}
        title="Dragging moves the view (H); with Shift it selects"
        onClick={() => choose('pan')}
      >
        <IconHandStop size={14} />
      </button>
      <button
        type="button"
        aria-label="Select with a box"
        aria-pressed={tool === 'select'}
        title="Dragging selects with a box (V)"
        onClick={() => choose('select')}
      >
        <IconMarquee2 size={14} />
      </button>
    </div>
  )
}

function ProblemsButton() {
  const problems = useCanvas((s) => s.analysis.problems)
  const wrong = useCanvas((s) =>
    s.nodes.some(({ data }) => data.view.problem !== null && !data.view.problem.incomplete),
  )
  const [opened, setOpened] = useState(false)
  const button = useRef<HTMLButtonElement>(null)
  const { reveal, revealBlock } = useView()
  if (problems.length === 0)
    return (
      <span className={clsx(classes.tool, classes.ok)} role="status">
        <IconCircleCheck size={15} aria-hidden />
        No problems
      </span>
    )
  return (
    <Popover
      opened={opened}
      onChange={setOpened}
      position="top-start"
      width={400}
      shadow="md"
      trapFocus
      transitionProps={{ duration: 100 }}
    >
      <Popover.Target>
        <button
          ref={button}
          type="button"
          className={clsx(classes.tool, wrong ? classes.bad : classes.warn)}
          onClick={() => setOpened((value) => !value)}
        >
          <IconAlertTriangle size={15} aria-hidden />
          {problems.length} {problems.length === 1 ? 'problem' : 'problems'}
        </button>
      </Popover.Target>
      <Popover.Dropdown
        p={0}
        // Back to the button on Escape only: an entry takes the keyboard to its node.
        onKeyDown={(event) => event.key === 'Escape' && button.current?.focus()}
      >
        <ul className={classes.problems} aria-label="Problems">
          {problems.map((problem, i) => (
            <li key={i}>
              {problem.node === null && problem.block === undefined ? (
                <span className={classes.problemText}>{problem.message}</span>
              ) : (
                <button
                  type="button"
                  className={classes.problemText}
                  onClick={() => {
                    setOpened(false)
                    if (problem.node !== null) reveal(problem.node)
                    else if (problem.block !== undefined) revealBlock(problem.block)
                  }}
                >
                  <SentenceWithShapes text={problem.message} />
                </button>
              )}
              {problem.mends.slice(0, 1).map((offered) => (
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
          ))}
        </ul>
      </Popover.Dropdown>
    </Popover>
  )
}
