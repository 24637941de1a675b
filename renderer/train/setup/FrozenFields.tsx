/** For fine-tuning a network that was trained before: weights to begin with, and layers that keep theirs. */
import { MultiSelect, TextInput } from '@mantine/core'
import { frozenIn } from '../../../main/common/frozen.ts'
import { useBeginning } from '../../state/beginning.ts'
import { useAnalysis, useModel } from '../../state/model.ts'
import { PathButtons } from '../../ui/PathButtons.tsx'
import type { Form } from './form.ts'
import classes from './setup.module.css'

export function FrozenFields({ config, dataset, change }: Form) {
  const document = useModel((s) => s.document)
  const analysis = useAnalysis(dataset)
  const layers = [...analysis.nodes.values()].flatMap(({ node, title, weights }) =>
    weights > 0 ? [{ value: node.id, label: title }] : [],
  )
  const path = useBeginning((s) => s.path)
  const begin = (chosen: string): void => useBeginning.setState({ path: chosen })
  return (
    <>
      <div className={classes.path}>
        <TextInput
          label="Begin with weights"
          description="A safetensors file: exported here, or a PyTorch state dict. Weights alone: the optimizer begins anew. What matched is an event of the run."
          placeholder="new ones, drawn from the seed"
          value={path}
          spellCheck={false}
          flex="1 0 100%"
          onChange={(event) => begin(event.currentTarget.value)}
        />
        <PathButtons
          what="folder or file"
          title="Choose a file of weights"
          hint="A .safetensors file."
          onChoose={begin}
        />
      </div>
      <MultiSelect
        label="Frozen layers"
        description="Their weights stay as they are, and batch norms among them keep their statistics."
        placeholder={config.frozen.length === 0 ? 'none' : ''}
        data={layers}
        searchable
        value={frozenIn(config, document).frozen.filter((id) => layers.some(({ value }) => value === id))}
        onChange={(frozen) => change({ frozen })}
      />
    </>
  )
}
