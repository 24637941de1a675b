/** One node: what it read, gave and kept, what it took, and the gradients that passed it. */
import type { TapeInput, TapeNode, TapeRecord } from '../../../main/common/tape/record.ts'
import { bytes, count, milliseconds } from '../../ui/format.ts'
import { GradientLooks } from './GradientLooks.tsx'
import { layerOf } from './rows.ts'
import { select } from './tape.ts'
import classes from './Tape.module.css'
import { leafName, shapeText } from './words.ts'

export function NodeDetails({ record, node }: { record: TapeRecord; node: TapeNode }) {
  const { inputs, outputs, saved, forwardMs, backwardMs, turn } = node
  const kept = saved.filter(({ kind }) => kind !== 'held')
  return (
    <>
      <dl className={classes.facts}>
        <dt>Reads</dt>
        <dd>
          {inputs.map((input, i) => (
            <div key={i}>
              <Source record={record} input={input} />
            </div>
          ))}
        </dd>
        <dt>Gives</dt>
        <dd>{outputs.map((output) => `${shapeText(output)} ${output.dtype}`).join(', ')}</dd>
        <dt>Time</dt>
        <dd>
          {milliseconds(forwardMs)} forward
          {backwardMs === null ? ', backward did not pass it' : `, ${milliseconds(backwardMs)} backward`}
        </dd>
        <dt>Keeps</dt>
        <dd>
          {kept.length === 0
            ? saved.length > 0
              ? 'nothing that is not there anyway'
              : 'nothing'
            : kept.map((one, i) => <div key={i}>{savedText(one, turn)}</div>)}
        </dd>
      </dl>
      <GradientLooks record={record} node={node} />
    </>
  )
}

function savedText(
  { kind, shape, dtype, bytes: size, shared, freedAfter }: TapeNode['saved'][number],
  turn: number | null,
): string {
  const what = `${kind === 'output' ? 'its result, ' : ''}${shapeText({ shape, dtype })} ${dtype}, ${bytes(size)}`
  if (freedAfter === null) return `${what}, until the step ends`
  const when = freedAfter === turn ? 'free after its turn' : `free after turn ${count(freedAfter + 1)}`
  return `${what}${shared ? ' (kept by another node too)' : ''}, ${when}`
}

function Source({ record, input }: { record: TapeRecord; input: TapeInput }) {
  if (!input) return <>an input that needs no gradient</>
  if ('leaf' in input) {
    const leaf = record.leaves[input.leaf]
    return <>{leaf ? `${leafName(record, leaf.weight)}, ${shapeText(leaf)}` : 'a leaf'}</>
  }
  const source = record.listed.find(({ id }) => id === input.node)
  const title = record.layers[layerOf(record, input.node)]?.title ?? ''
  if (!source) return <>a node of {title} that is not listed</>
  return (
    <button type="button" className={classes.link} onClick={() => select({ node: source.id })}>
      {source.op} of {title}, {shapeText(source.outputs[input.output] ?? { shape: [], dtype: '' })}
    </button>
  )
}
