/** The parameters of one layer, or of several of one kind: those that matter first, the rest folded under More. */
import { UnstyledButton } from '@mantine/core'
import { IconChevronRight } from '@tabler/icons-react'
import type { ModelNode, Parameter } from '../../../main/common/document.ts'
import { checkParameter, type Field, type Layer } from '../../../main/common/layer.ts'
import { withDefaults } from '../../../main/common/shapes.ts'
import { useLayout } from '../layout.ts'
import classes from '../Panel.module.css'
import { mixed, ParameterField } from './fields.tsx'

export function Parameters({ layer, nodes }: { layer: Layer; nodes: readonly ModelNode[] }) {
  const open = useLayout((s) => s.advanced)
  const settings = nodes.map((node) => withDefaults(layer, node))
  const shown = layer.fields.filter((field) => settings.some((all) => field.appliesTo?.(all) ?? true))
  const valueOf = ({ key }: Field): Parameter | undefined | typeof mixed => {
    const [first, ...others] = settings.map((all) => all[key])
    return others.every((other) => JSON.stringify(other) === JSON.stringify(first)) ? first : mixed
  }
  const draw = (field: Field) => (
    <ParameterField key={field.key} ids={nodes.map((node) => node.id)} field={field} value={valueOf(field)} />
  )
  const usual = shown.filter((field) => !field.advanced)
  const rare = shown.filter((field) => field.advanced)
  const faulty = rare.some((field) => settings.some((all) => checkParameter(field, all[field.key]) !== null))
  const unfolded = open || faulty
  return (
    <>
      {usual.map(draw)}
      {rare.length > 0 && (
        <UnstyledButton
          className={classes.more}
          aria-expanded={unfolded}
          onClick={() => useLayout.getState().set({ advanced: !open })}
        >
          <IconChevronRight size={13} aria-hidden />
          More
          {!unfolded && <small>{rare.map((field) => field.title.toLowerCase()).join(', ')}</small>}
        </UnstyledButton>
      )}
      {unfolded && rare.map(draw)}
    </>
  )
}
