/** Which of a layer's weights are its own and which another layer's: one tensor, trained by both uses. */
import { NativeSelect } from '@mantine/core'
import { formatShape, sameShape } from '../../../main/common/dims.ts'
import type { WeightSpec } from '../../../main/common/layer.ts'
import { sourceOf, tie, untie, type WeightName } from '../../../main/common/sharing.ts'
import type { Analysis, NodeAnalysis } from '../../../main/common/shapes.ts'
import { attempt } from '../actions.ts'
import { useCanvas } from '../canvas.ts'
import classes from '../Panel.module.css'
import { useModel } from '../store.ts'

const trained = ({ layer, cost, inputs, parameters }: NodeAnalysis): readonly WeightSpec[] =>
  layer && cost ? layer.weights(inputs, parameters).filter((spec) => !spec.buffer) : []

/** Weights of other layers that have the same shape; of vectors, which often do by chance, only their like. */
const fitting = ({ nodes }: Analysis, own: NodeAnalysis, { name, shape }: WeightSpec): WeightName[] =>
  [...nodes.values()]
    .filter(({ node }) => node.id !== own.node.id)
    .flatMap((other) =>
      trained(other)
        .filter((spec) => sameShape(spec.shape, shape))
        .filter((spec) => shape.length > 1 || (other.node.kind === own.node.kind && spec.name === name))
        .map(({ name }) => ({ node: other.node.id, weight: name })),
    )

export function SharedWeights({ id }: { id: string }) {
  const document = useModel((s) => s.document)
  const analysis = useCanvas((s) => s.analysis)
  const own = analysis.nodes.get(id)
  if (!own) return null
  const rows = trained(own).flatMap((spec) => {
    const source = sourceOf(document, { node: id, weight: spec.name })
    const offered = fitting(analysis, own, spec)
    return source || offered.length > 0 ? [{ spec, source, offered }] : []
  })
  if (rows.length === 0) return null
  const say = ({ node, weight }: WeightName): string =>
    `${analysis.nodes.get(node)?.title ?? node}: ${weight}`
  const key = ({ node, weight }: WeightName): string => JSON.stringify([node, weight])
  const choose = (spec: WeightSpec, value: string): void => {
    const use = { node: id, weight: spec.name }
    const [node, weight] = JSON.parse(value || '[]') as [string?, string?]
    if (node === undefined || weight === undefined) attempt((now) => ({ document: untie(now, use) }))
    else attempt((now) => tie(now, use, { node, weight }))
  }
  return (
    <section className={classes.shared}>
      <h3>Weights</h3>
      {rows.map(({ spec, source, offered }) => {
        const options =
          source && !offered.some((one) => key(one) === key(source)) ? [source, ...offered] : offered
        return (
          <NativeSelect
            key={spec.name}
            size="xs"
            className={classes.field}
            label={
              <span title={formatShape(spec.shape)}>
                <code>{spec.name}</code>
              </span>
            }
            aria-label={`Where ${spec.name} comes from`}
            value={source ? key(source) : ''}
            onChange={(event) => choose(spec, event.currentTarget.value)}
          >
            <option value="">its own</option>
            {options.map((one) => (
              <option key={key(one)} value={key(one)}>
                shared: {say(one)}
              </option>
            ))}
          </NativeSelect>
        )
      })}
    </section>
  )
}
