/** What feeds each input and what the output feeds: the way to wire without a pointer. */
import { NativeSelect } from '@mantine/core'
import { disconnect, reachable } from '../../../main/common/edit.ts'
import { nodePorts } from '../../../main/common/shapes.ts'
import { wire } from '../actions.ts'
import { useCanvas } from '../canvas.ts'
import { capital } from '../describe.ts'
import classes from '../Panel.module.css'
import { useModel } from '../store.ts'

export function Connections({ id }: { id: string }) {
  const document = useModel((s) => s.document)
  const own = document.nodes.find((node) => node.id === id)
  const { inputs, outputs } = own ? nodePorts(own) : { inputs: [], outputs: [] }
  const analysis = useCanvas((s) => s.analysis)
  const behind = reachable(document, id)
  const title = (node: string): string => analysis.nodes.get(node)?.title ?? node
  const sources = document.nodes
    .filter((node) => !behind.has(node.id))
    .flatMap((node) => nodePorts(node).outputs.map((port) => ({ node, port })))
  const fed = document.wires
    .filter((one) => one.from.node === id)
    .map(({ from, to }) => {
      const target = document.nodes.find((node) => node.id === to.node)
      const into = target && nodePorts(target).inputs.length > 1 ? ` (${to.port})` : ''
      return `${outputs.length > 1 ? `${from.port} to ` : ''}${title(to.node)}${into}`
    })

  const choose = (port: string, value: string): void => {
    const [node, output] = JSON.parse(value || '[]') as [string?, string?]
    if (node !== undefined && output !== undefined)
      return wire([{ node, port: output }], [{ node: id, port }])
    const gone = document.wires.filter((one) => one.to.node === id && one.to.port === port)
    useModel.getState().apply((before) =>
      disconnect(
        before,
        gone.map((one) => one.id),
      ),
    )
  }
  return (
    <>
      {inputs.map((port) => {
        const current = document.wires.find((one) => one.to.node === id && one.to.port === port)
        return (
          <NativeSelect
            key={port}
            size="xs"
            className={classes.field}
            label={inputs.length === 1 ? 'Fed by' : `${capital(port)} from`}
            value={current ? JSON.stringify([current.from.node, current.from.port]) : ''}
            onChange={(event) => choose(port, event.currentTarget.value)}
          >
            <option value="">nothing</option>
            {sources.map(({ node, port: output }) => (
              <option key={`${node.id} ${output}`} value={JSON.stringify([node.id, output])}>
                {nodePorts(node).outputs.length > 1 ? `${title(node.id)}: ${output}` : title(node.id)}
              </option>
            ))}
          </NativeSelect>
        )
      })}
      {outputs.length > 0 && (
        <div className={classes.row}>
          <span>Feeds</span>
          <span>{fed.length > 0 ? fed.join(', ') : 'nothing'}</span>
        </div>
      )}
    </>
  )
}
