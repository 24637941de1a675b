/** The form of a layer: one field per parameter, checked while it is typed. Leaving a field ends its step of undo. */
import { Select, Switch, TextInput } from '@mantine/core'
import { useState, type KeyboardEvent } from 'react'
import type { ModelNode, Parameter } from '../../../main/common/document.ts'
import { rename, setParameter } from '../../../main/common/edit.ts'
import { checkParameter, type Field } from '../../../main/common/layer.ts'
import classes from '../Panel.module.css'
import { formatParameter, parseParameter, stepParameter, type TypedField } from '../parameters.ts'
import { endGesture, useModel } from '../store.ts'

interface ParameterProps<F extends Field> {
  nodeId: string
  field: F
  value: Parameter | undefined
}

export function ParameterField({ field, ...rest }: ParameterProps<Field>) {
  switch (field.type) {
    case 'boolean':
      return <Toggle field={field} {...rest} />
    case 'choice':
      return <Choice field={field} {...rest} />
    case 'integer':
    case 'optional-integer':
    case 'number':
    case 'shape':
    case 'sizes':
    case 'integers':
    case 'text':
      return <Typed field={field} {...rest} />
  }
}

const change = (nodeId: string, key: string, value: Parameter, gesture?: string): void =>
  useModel.getState().apply((document) => setParameter(document, nodeId, key, value), gesture)

const sameText = (a: Parameter | undefined, b: Parameter | undefined): boolean =>
  formatParameter(a) === formatParameter(b)

function Typed({ nodeId, field, value }: ParameterProps<TypedField>) {
  // What was typed, as long as it stands for the value: '1.' is 1, and must not turn into '1' under the cursor.
  const [draft, setDraft] = useState<string | null>(null)
  const shown =
    draft !== null && sameText(parseParameter(field, draft), value) ? draft : formatParameter(value)
  const gesture = `parameter ${nodeId} ${field.key}`

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return
    event.preventDefault()
    const next = stepParameter(field, value, event.key === 'ArrowUp' ? 1 : -1, event.shiftKey)
    change(nodeId, field.key, next, gesture)
  }
  return (
    <TextInput
      className={classes.field}
      data-parameter={field.key}
      label={field.title}
      description={field.help}
      inputWrapperOrder={['label', 'input', 'error', 'description']}
      value={shown}
      placeholder={'emptyMeans' in field ? field.emptyMeans : undefined}
      inputMode={field.type === 'number' || field.type.endsWith('integer') ? 'decimal' : 'text'}
      autoComplete="off"
      spellCheck={false}
      maxLength={60}
      error={checkParameter(field, value)}
      onChange={(event) => {
        setDraft(event.currentTarget.value)
        change(nodeId, field.key, parseParameter(field, event.currentTarget.value), gesture)
      }}
      onBlur={() => {
        setDraft(null)
        endGesture()
      }}
      onKeyDown={onKeyDown}
    />
  )
}

function Toggle({ nodeId, field, value }: ParameterProps<Extract<Field, { type: 'boolean' }>>) {
  return (
    <Switch
      className={classes.toggle}
      data-parameter={field.key}
      label={field.title}
      labelPosition="left"
      description={field.help}
      checked={value === true}
      error={checkParameter(field, value)}
      onChange={(event) => change(nodeId, field.key, event.currentTarget.checked)}
    />
  )
}

function Choice({ nodeId, field, value }: ParameterProps<Extract<Field, { type: 'choice' }>>) {
  return (
    <Select
      className={classes.field}
      data-parameter={field.key}
      label={field.title}
      description={field.help}
      inputWrapperOrder={['label', 'input', 'error', 'description']}
      data={field.choices.map((choice) => ({ value: choice.value, label: choice.title }))}
      value={typeof value === 'string' ? value : null}
      error={checkParameter(field, value)}
      onChange={(chosen) => {
        if (chosen !== null) change(nodeId, field.key, chosen)
      }}
    />
  )
}

export function NameField({ node, placeholder }: { node: ModelNode; placeholder: string }) {
  return (
    <TextInput
      className={classes.field}
      label="Name"
      value={node.name}
      placeholder={placeholder}
      autoComplete="off"
      spellCheck={false}
      maxLength={80}
      onChange={(event) => {
        const name = event.currentTarget.value
        useModel.getState().apply((document) => rename(document, node.id, name), `name ${node.id}`)
      }}
      onBlur={endGesture}
    />
  )
}
