/** An open block: a dashed frame behind its layers, with its name and how often it repeats. */
import type { NodeProps } from '@xyflow/react'
import { IconArrowsDiagonalMinimize2 } from '@tabler/icons-react'
import { memo, useState, type KeyboardEvent } from 'react'
import { clsx } from '../ui/clsx.ts'
import { cancelNaming, foldBlock, nameBlock } from './blockActions.ts'
import { selectBlock, useCanvas } from './canvas.ts'
import type { FrameNode as FrameNodeData } from './flowTypes.ts'
import classes from './Frame.module.css'
import { focusNode } from './panel/focus.ts'
import { RepeatField } from './RepeatField.tsx'

export const FrameNode = memo(function FrameNode({ id, data: { view }, selected }: NodeProps<FrameNodeData>) {
  const { block, name, repeat, problem } = view
  const naming = useCanvas((s) => s.naming === block)
  return (
    <div className={clsx(classes.frame, problem && classes.wrong)} data-selected={selected || undefined}>
      {['top', 'right', 'bottom', 'left'].map((side) => (
        <i
          key={side}
          className={clsx(classes.edge, classes[side])}
          data-grip
          onClick={() => selectBlock(block)}
        />
      ))}
      <div
        className={classes.label}
        data-grip
        onClick={() => selectBlock(block)}
        onDoubleClick={(event) => {
          event.stopPropagation()
          useCanvas.setState({ naming: block })
        }}
      >
        {naming ? (
          <NameInput key={block} block={block} name={name} onDone={() => focusNode(id)} />
        ) : (
          <span className={classes.name} title="Double-click to rename">
            {name}
          </span>
        )}
        <span className={clsx(classes.repeat, repeat === 1 && classes.once)}>
          ×
          <RepeatField className={classes.number} block={block} name={name} repeat={repeat} />
        </span>
        <button
          type="button"
          className={clsx(classes.fold, 'nodrag')}
          aria-label={`Fold ${name} to one box`}
          title="Fold to one box (C)"
          onClick={(event) => {
            event.stopPropagation()
            foldBlock(block, true)
          }}
          onKeyDown={(event) => event.stopPropagation()}
        >
          <IconArrowsDiagonalMinimize2 size={13} />
        </button>
        {problem && (
          <span className={classes.problem} role="status" title={problem.message}>
            {problem.message}
          </span>
        )}
      </div>
    </div>
  )
})

function NameInput({ block, name, onDone }: { block: string; name: string; onDone: () => void }) {
  const [text, setText] = useState(name)
  const onKeyDown = (event: KeyboardEvent): void => {
    event.stopPropagation()
    if (event.key === 'Enter') nameBlock(block, text)
    else if (event.key === 'Escape') cancelNaming()
    else return
    event.preventDefault()
    onDone()
  }
  return (
    <input
      className={clsx(classes.nameInput, 'nodrag')}
      aria-label="Name of the block"
      value={text}
      maxLength={80}
      spellCheck={false}
      autoFocus
      onFocus={(event) => event.currentTarget.select()}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={() => nameBlock(block, text)}
      onKeyDown={onKeyDown}
      onDoubleClick={(event) => event.stopPropagation()}
    />
  )
}
