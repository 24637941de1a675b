/** A layer, a block or a stretch of layers: what its ops took together, and what checkpointing it would change. */
import type { TapeLayer, TapeRecord } from '../../../main/common/tape/record.ts'
import { bytes, count, counted, measure, milliseconds } from '../../ui/format.ts'
import { layerOf } from './rows.ts'
import { select, useWhatIf } from './tape.ts'
import classes from './Tape.module.css'
import { shapeText, whatIfText } from './words.ts'

export function StretchDetails({ record, from, to }: { record: TapeRecord; from: number; to: number }) {
  const layers = record.layers.slice(from, to + 1)
  const sum = (of: (layer: TapeLayer) => number): number => layers.reduce((all, layer) => all + of(layer), 0)
  const last = layers.at(-1)
  const nodes = sum(({ count }) => count)
  // The loss has no forward of its own that could run again by itself.
  const checkpointable = nodes > 0 && to < record.layers.length - 1
  const whatIf = useWhatIf(record.id, checkpointable ? { from, to } : null)
  return (
    <>
      <dl className={classes.facts}>
        <dt>Reads</dt>
        <dd>{sourcesOf(record, from, to)}</dd>
        <dt>Gives</dt>
        <dd>{last?.outputs.map(shapeText).join(', ')}</dd>
        <dt>On the tape</dt>
        <dd>
          {nodes > 0
            ? `${counted(nodes, 'op')}: ${opsOf(record, from, to)}`
            : 'nothing: it needs no gradient'}
        </dd>
        <dt>Weights</dt>
        <dd>{count(sum(({ weights }) => weights))}</dd>
        <dt>Time</dt>
        <dd>
          {milliseconds(sum(({ forwardMs }) => forwardMs))} forward,{' '}
          {milliseconds(sum(({ backwardMs }) => backwardMs))} backward
        </dd>
        <dt>Keeps</dt>
        <dd>{bytes(sum(({ savedBytes }) => savedBytes))} for backward</dd>
        <dt>Gradient</dt>
        <dd>
          {typeof last?.gradientNorm === 'number'
            ? `${measure(last.gradientNorm, 3)} arrives at its result`
            : 'none arrives at its result'}
        </dd>
      </dl>
      {whatIf && (
        <section className={classes.note} aria-label="What if">
          <p>{whatIfText(record, { from, to }, whatIf)}</p>
          <p className={classes.faint}>
            An estimate from this record: what only these layers keep for backward is let go, and their
            forward runs a second time. Shift and a click, or Shift and an arrow, takes more layers.
          </p>
        </section>
      )}
      {nodes > 0 && <Nodes record={record} from={from} to={to} />}
    </>
  )
}

function sourcesOf({ layers }: TapeRecord, from: number, to: number): string {
  const outside = layers
    .slice(from, to + 1)
    .flatMap(({ inputs }) => inputs)
    .filter((input) => input < from)
  const titles = [...new Set(outside)].map((input) => layers[input]?.title ?? '')
  return titles.length > 0 ? titles.join(', ') : 'the batch'
}

function opsOf(record: TapeRecord, from: number, to: number): string {
  const counts = new Map<string, number>()
  for (const { op, layer } of record.listed)
    if (layer >= from && layer <= to) counts.set(op, (counts.get(op) ?? 0) + 1)
  for (const { folded } of record.layers.slice(from, to + 1))
    for (const { op, count } of folded) counts.set(op, (counts.get(op) ?? 0) + count)
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .map(([op, times]) => (times > 1 ? `${op} × ${count(times)}` : op))
    .join(', ')
}

/** The way from a layer to its nodes: to the first one that backward reaches. */
function Nodes({ record, from, to }: { record: TapeRecord; from: number; to: number }) {
  const own = record.listed.filter(({ layer }) => layer >= from && layer <= to)
  const first = own.reduce<(typeof own)[number] | null>(
    (best, node) => (node.turn !== null && (best?.turn ?? Infinity) > node.turn ? node : best),
    null,
  )
  if (!first) return null
  return (
    <p style={{ marginTop: 10 }}>
      <button type="button" className={classes.link} onClick={() => select({ node: first.id })}>
        Its gradients, from {first.op} of {record.layers[layerOf(record, first.id)]?.title} on
      </button>
    </p>
  )
}
