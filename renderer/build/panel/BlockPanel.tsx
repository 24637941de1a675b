/** One block: its name, how often it runs, what it holds. */
import { Button, TextInput } from '@mantine/core'
import { nodesOf } from '../../../main/common/blockTree.ts'
import { renameBlock } from '../../../main/common/blocks.ts'
import { counted } from '../../ui/format.ts'
import { clsx } from '../../ui/clsx.ts'
import { duplicateSelected, removeSelected } from '../actions.ts'
import { bypassSelected, foldBlock, ungroupSelected } from '../blockActions.ts'
import { useCanvas } from '../canvas.ts'
import { sentence } from '../describe.ts'
import classes from '../Panel.module.css'
import { RepeatField } from '../RepeatField.tsx'
import { endGesture, useModel } from '../store.ts'
import { useView } from '../useView.ts'
import { formId } from './focus.ts'

export function BlockPanel({ id }: { id: string }) {
  const document = useModel((s) => s.document)
  const analysis = useCanvas((s) => s.analysis)
  const { reveal } = useView()
  const block = document.blocks.find((one) => one.id === id)
  if (!block) return null
  const members = [...nodesOf(document, id)].flatMap((node) => analysis.nodes.get(node) ?? [])
  const weights = members.reduce((sum, node) => sum + node.weights, 0)
  const parent = document.blocks.find((one) => one.id === block.parent)
  const problems = analysis.problems.filter((problem) => problem.block === id)
  return (
    <>
      <header>
        <h2>Block</h2>
        <small>{parent ? `in ${parent.name || 'a block'}` : counted(members.length, 'layer')}</small>
      </header>
      <form id={formId} onSubmit={(event) => event.preventDefault()}>
        <TextInput
          className={classes.field}
          label="Name"
          value={block.name}
          maxLength={80}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => {
            const name = event.currentTarget.value
            useModel.getState().apply((now) => renameBlock(now, id, name), `name ${id}`)
          }}
          onBlur={endGesture}
        />
        <label className={classes.repeatRow}>
          <span>Repeats</span>
          <span className={classes.repeatBox}>
            × <RepeatField block={id} name={block.name || 'the block'} repeat={block.repeat} />
          </span>
          <small>
            {block.repeat === 1
              ? 'Runs once. Repeated, each copy has weights of its own and feeds the next.'
              : 'Each copy has weights of its own and feeds the next.'}
          </small>
        </label>
      </form>
      {problems.map(({ message }) => (
        <section key={message} className={classes.problem}>
          {sentence(message)}
        </section>
      ))}
      <section>
        <h3>Layers</h3>
        <ul className={classes.members}>
          {members.map(({ node, title, weights, error }) => (
            <li key={node.id}>
              <button type="button" onClick={() => reveal(node.id)}>
                {title}
              </button>
              <small className={clsx(error && !error.incomplete && classes.waits)}>
                {error
                  ? error.incomplete
                    ? 'not complete'
                    : 'has a problem'
                  : weights > 0
                    ? counted(weights, 'weight')
                    : ''}
              </small>
            </li>
          ))}
        </ul>
        <p>
          {weights > 0
            ? `${counted(weights, 'weight')}${block.repeat > 1 ? ` in ${block.repeat} copies` : ''}`
            : members.some(({ node, cost }) => !cost && !node.bypass)
              ? 'Weights are not known yet.'
              : 'nothing to train'}
        </p>
      </section>
      <div className={classes.buttons}>
        <Button variant="default" onClick={() => foldBlock(id, !block.collapsed)}>
          {block.collapsed ? 'Open' : 'Fold'}
        </Button>
        <Button variant="default" onClick={ungroupSelected}>
          Ungroup
        </Button>
        <Button variant="default" onClick={bypassSelected}>
          {members.every(({ node }) => node.bypass) ? 'Take back' : 'Bypass'}
        </Button>
        <Button variant="default" onClick={() => duplicateSelected()}>
          Duplicate
        </Button>
        <Button variant="default" onClick={removeSelected}>
          Delete
        </Button>
      </div>
    </>
  )
}
