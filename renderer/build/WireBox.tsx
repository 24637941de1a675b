/** Wiring with the keyboard: W on a layer, then the input that its output shall feed. */
import { useStoreApi } from '@xyflow/react'
import { reachable, type Port } from '../../main/common/edit.ts'
import { nodePorts } from '../../main/common/ports.ts'
import type { Analysis } from '../../main/common/shapes.ts'
import { wire } from './actions.ts'
import { useCanvas } from './canvas.ts'
import { groupColour, unknownColour } from './groups.ts'
import { focusNode } from './panel/focus.ts'
import { Picker, type Choice } from './Picker.tsx'
import { plain } from './search.ts'
import { useModel } from './store.ts'

export function WireBox() {
  const from = useCanvas((s) => s.wiring)
  return from === null ? null : <Box key={from} id={from} />
}

function Box({ id }: { id: string }) {
  const store = useStoreApi()
  const analysis = useCanvas((s) => s.analysis)
  const node = useCanvas((s) => s.nodes.find((one) => one.id === id))
  const title = analysis.nodes.get(id)?.title ?? id
  if (!node) return null
  const { transform, height } = store.getState()
  const [x, y, zoom] = transform
  const at = {
    x: (node.position.x + (node.measured?.width ?? 0)) * zoom + x + 10,
    y: Math.max(8, node.position.y * zoom + y),
  }
  const targets = wireTargets(id, analysis)
  const close = (): void => {
    useCanvas.setState({ wiring: null })
    focusNode(id)
  }
  return (
    <Picker
      at={at}
      upwards={height - at.y < 270}
      label={`Wire ${title} to`}
      placeholder={`Wire ${title} to`}
      none={targets.length === 0 ? 'Nothing here can be fed by it.' : 'No layer is called that.'}
      search={(query) => targets.filter((one) => plain(one.title).includes(plain(query)))}
      onChoose={(chosen) => {
        const [output, node, port] = JSON.parse(chosen) as [string, string, string]
        close()
        wire([{ node: id, port: output }], [{ node, port }])
      }}
      onClose={close}
    />
  )
}

/** Inputs that a layer's outputs may feed, those without a wire first. */
export function wireTargets(id: string, analysis: Analysis): readonly Choice[] {
  const { document } = useModel.getState()
  const source = document.nodes.find((node) => node.id === id)
  if (!source) return []
  const fed = new Map(document.wires.map(({ to, from }) => [portKey(to), from.node]))
  const { outputs } = nodePorts(source)
  const choices = document.nodes
    .filter((node) => node.id !== id && !reachable(document, node.id).has(id))
    .flatMap((node) => {
      const analysed = analysis.nodes.get(node.id)
      const title = analysed?.title ?? node.id
      const { inputs } = nodePorts(node)
      return inputs.flatMap((port) =>
        outputs.map((output): Choice & { free: boolean } => {
          const before = fed.get(portKey({ node: node.id, port }))
          return {
            id: JSON.stringify([output, node.id, port]),
            title: `${outputs.length > 1 ? `${output} → ` : ''}${inputs.length > 1 ? `${title}: ${port}` : title}`,
            note: before === undefined ? '' : `now ${analysis.nodes.get(before)?.title ?? before}`,
            colour: analysed?.layer ? groupColour[analysed.layer.group] : unknownColour,
            free: before === undefined,
          }
        }),
      )
    })
  return [...choices.filter(({ free }) => free), ...choices.filter(({ free }) => !free)]
}

const portKey = ({ node, port }: Port): string => JSON.stringify([node, port])
