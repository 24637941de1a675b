/** Layers that keep their weights: for fine-tuning a network that was trained before. */
import { MultiSelect } from '@mantine/core'
import { frozenIn } from '../../../main/common/frozen.ts'
import { useAnalysis, useModel } from '../../state/model.ts'
import type { Form } from './form.ts'

export function FrozenFields({ config, dataset, change }: Form) {
  const document = useModel((s) => s.document)
  const analysis = useAnalysis(dataset)
  const layers = [...analysis.nodes.values()].flatMap(({ node, title, weights }) =>
    weights > 0 ? [{ value: node.id, label: title }] : [],
  )
  return (
    <MultiSelect
      label="Frozen layers"
      description="Their weights stay as they are, and batch norms among them keep their statistics."
      placeholder={config.frozen.length === 0 ? 'none' : ''}
      data={layers}
      searchable
      value={frozenIn(config, document).frozen.filter((id) => layers.some(({ value }) => value === id))}
      onChange={(frozen) => change({ frozen })}
    />
  )
}
