/** One layer: its parameters, what feeds it, its shapes, what it costs, its formula, the same in PyTorch. */
import { ActionIcon, CopyButton, Switch, Tooltip } from '@mantine/core'
import { IconCheck, IconCopy, IconExternalLink } from '@tabler/icons-react'
import { blockOf } from '../../../main/common/blockTree.ts'
import { formatShape } from '../../../main/common/dims.ts'
import { custom } from '../../../main/common/layers/custom.ts'
import { nodePorts, passesOn, type NodeAnalysis } from '../../../main/common/shapes.ts'
import { bypassSelected, takeOut } from '../blockActions.ts'
import { selectBlock, useCanvas } from '../canvas.ts'
import { describeCost, isIncomplete, knownOnce, sentence, shapeArithmetic } from '../describe.ts'
import classes from '../Panel.module.css'
import { useModel } from '../store.ts'
import { Connections } from './Connections.tsx'
import { GradientCheckBox } from './custom/GradientCheckBox.tsx'
import { OperatorFields } from './custom/OperatorFields.tsx'
import { NameField } from './fields.tsx'
import { focusNode, formId } from './focus.ts'
import { Parameters } from './Parameters.tsx'
import { Problem } from './Problem.tsx'
import { SharedWeights } from './SharedWeights.tsx'

export function NodePanel({ id }: { id: string }) {
  const analysed = useCanvas((s) => s.analysis.nodes.get(id))
  if (!analysed) return null
  const { layer, node } = analysed
  if (!layer)
    return (
      <>
        <h2>{node.kind}</h2>
        <Problem analysed={analysed} />
      </>
    )
  return (
    <>
      <header>
        <h2>{layer.title}</h2>
        <small>{layer.group}</small>
      </header>
      <Place id={id} />
      <form
        id={formId}
        onSubmit={(event) => event.preventDefault()}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return
          event.stopPropagation()
          focusNode(id)
        }}
      >
        <NameField node={node} placeholder={analysed.title} />
        {node.kind === custom.kind ? (
          <>
            <OperatorFields analysed={analysed} />
            <GradientCheckBox analysed={analysed} />
          </>
        ) : (
          <Parameters layer={layer} nodes={[node]} />
        )}
        <Connections id={id} />
        {passesOn(node) && (
          <Switch
            className={classes.toggle}
            label="Bypass"
            labelPosition="left"
            description={node.bypass ? 'Left out: what arrives goes straight on.' : undefined}
            checked={node.bypass === true}
            onChange={bypassSelected}
          />
        )}
      </form>
      <Problem analysed={analysed} />
      <ShapeBox analysed={analysed} />
      <CostBox analysed={analysed} />
      <SharedWeights id={id} />
      <section>
        <h3 className={classes.formula}>{layer.formula}</h3>
        <p>{layer.help}</p>
        <a href={layer.source.url} target="_blank" rel="noreferrer">
          {layer.source.title} <IconExternalLink size={12} aria-hidden />
        </a>
      </section>
      <PyTorchBox analysed={analysed} />
    </>
  )
}

/** The block that the layer lies in, if it lies in one. */
function Place({ id }: { id: string }) {
  const block = useModel((s) => blockOf(s.document, id))
  if (!block) return null
  return (
    <div className={classes.place}>
      <button type="button" className={classes.link} onClick={() => selectBlock(block.id)}>
        in {block.name || 'a block'}
        {block.repeat > 1 && ` × ${block.repeat}`}
      </button>
      <button type="button" className={classes.link} onClick={() => takeOut(id)}>
        Take out
      </button>
    </div>
  )
}

function ShapeBox({ analysed }: { analysed: NodeAnalysis }) {
  const waitsFor = analysed.waitsFor
  const incomplete = useCanvas((s) => waitsFor !== null && isIncomplete(waitsFor, s.analysis))
  const shapes = (record: NodeAnalysis['inputs']): string => Object.values(record).map(formatShape).join(', ')
  const from = shapes(analysed.inputs)
  const to = shapes(analysed.outputs) || (nodePorts(analysed.node).outputs.length ? '?' : '')
  const arithmetic = shapeArithmetic(analysed)
  const text = [from, to].filter(Boolean).join(' → ')
  if ((text === '' || text === '?') && waitsFor === null) return null
  return (
    <section>
      <h3>Shape</h3>
      {arithmetic && <code>{arithmetic}</code>}
      {text !== '' && text !== '?' && <code>{text}</code>}
      {waitsFor !== null && (
        <p className={incomplete ? classes.lacks : classes.waits}>
          {sentence(knownOnce(waitsFor, incomplete))}
        </p>
      )}
    </section>
  )
}

function CostBox({ analysed }: { analysed: NodeAnalysis }) {
  const cost = describeCost(analysed)
  if (!cost || analysed.node.kind === 'input') return null
  return (
    <section>
      <h3>Cost</h3>
      {cost.weights !== null && <code>{cost.weights}</code>}
      <p>
        {cost.weights === null && (
          <>
            nothing to train
            <br />
          </>
        )}
        {cost.flops} forward, a sample
        <br />
        {cost.saved} kept for backward, a sample
      </p>
    </section>
  )
}

function PyTorchBox({ analysed: { cost, layer, inputs, parameters, node } }: { analysed: NodeAnalysis }) {
  if (!cost || !layer || node.kind === 'input') return null
  const code = layer.pytorch(inputs, parameters)
  return (
    <section className={classes.code}>
      <h3>PyTorch</h3>
      <CopyButton value={code}>
        {({ copied, copy }) => (
          <Tooltip label={copied ? 'Copied' : 'Copy'}>
            <ActionIcon aria-label="Copy the PyTorch form" size={22} onClick={copy}>
              {copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
            </ActionIcon>
          </Tooltip>
        )}
      </CopyButton>
      <code>{code}</code>
    </section>
  )
}
