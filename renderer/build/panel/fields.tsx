/**
 * Fields of a layer's form, checked while they are typed. One field may stand for several layers of a kind. Leaving a
 * field ends its step of undo.
 */
import { Select, Switch, Textarea, TextInput } from '@mantine/core'
import { useState, type KeyboardEvent } from 'react'
import type { ModelNode, Parameter } from '../../../main/common/document.ts'
import { rename, setParameter } from '../../../main/common/edit.ts'
import { checkParameter, type Field } from '../../../main/common/layer.ts'
import { clsx } from '../../ui/clsx.ts'
import classes from '../Panel.module.css'
import { formatParameter, parseParameter, stepParameter, type TypedField } from '../parameters.ts'
import { endGesture, useModel } from '../store.ts'

export interface ParameterProps<F extends Field> {
  /** The layers that it sets. */
  ids: readonly string[]
  field: F
  /** `mixed` where the layers differ. */
  value: Parameter | undefined | typeof mixed
  /** What is wrong with it besides, where somebody else knows. */
  fault?: string | undefined
}

/** Stands for values that differ from layer to layer. */
export const mixed = Symbol('mixed')

export function ParameterField({ field, ...rest }: ParameterProps<Field>) {
  switch (field.type) {
    case 'boolean':
      return <Toggle field={field} {...rest} />
    case 'choice':
      return <Choice field={field} {...rest} />
    case 'text':
      if (field.lines > 1) return <Lines field={field} {...rest} />
      return <Typed field={field} {...rest} />
    case 'integer':
    case 'optional-integer':
    case 'number':
    case 'shape':
    case 'sizes':
    case 'integers':
      return <Typed field={field} {...rest} />
  }
}

const change = (ids: readonly string[], key: string, value: Parameter, gesture?: string): void =>
  useModel
    .getState()
    .apply((document) => ids.reduce((now, id) => setParameter(now, id, key, value), document), gesture)

const sameText = (a: Parameter | undefined, b: Parameter | undefined): boolean =>
  formatParameter(a) === formatParameter(b)

const wrong = (field: Field, value: ParameterProps<Field>['value']): string | null =>
  value === mixed ? null : checkParameter(field, value)

const inOrder: ('label' | 'input' | 'error' | 'description')[] = ['label', 'input', 'error', 'description']

function Typed({ ids, field, value, fault }: ParameterProps<TypedField>) {
  // What was typed, as long as it stands for the value: '1.' is 1, and must not turn into '1' under the cursor.
  const [draft, setDraft] = useState<string | null>(null)
  const one = value === mixed ? undefined : value
  const shown = draft !== null && sameText(parseParameter(field, draft), one) ? draft : formatParameter(one)
  const gesture = `parameter ${ids.join(' ')} ${field.key}`

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return
    event.preventDefault()
    const next = stepParameter(field, one, event.key === 'ArrowUp' ? 1 : -1, event.shiftKey)
    if (value !== mixed) change(ids, field.key, next, gesture)
  }
  return (
    <TextInput
      className={classes.field}
      data-parameter={field.key}
      label={field.title}
      description={field.help}
      inputWrapperOrder={inOrder}
      value={shown}
      placeholder={value === mixed ? 'differ' : 'emptyMeans' in field ? field.emptyMeans : undefined}
      inputMode={field.type === 'number' || field.type.endsWith('integer') ? 'decimal' : 'text'}
      autoComplete="off"
      spellCheck={false}
      maxLength={field.type === 'text' ? field.longest : 120}
      error={fault ?? wrong(field, value)}
      onChange={(event) => {
        setDraft(event.currentTarget.value)
        change(ids, field.key, parseParameter(field, event.currentTarget.value), gesture)
      }}
      onBlur={() => {
        setDraft(null)
        endGesture()
      }}
      onKeyDown={onKeyDown}
    />
  )
}

/** Text of several lines, such as the expressions of a custom operator. */
function Lines({ ids, field, value, fault }: ParameterProps<Extract<Field, { type: 'text' }>>) {
  return (
    <Textarea
      className={classes.lines}
      data-parameter={field.key}
      label={field.title}
      description={field.help}
      inputWrapperOrder={inOrder}
      value={value === mixed ? '' : formatParameter(value)}
      placeholder={value === mixed ? 'differ' : undefined}
      rows={field.lines}
      spellCheck={false}
      maxLength={field.longest}
      error={fault ?? wrong(field, value)}
      onChange={(event) =>
        change(ids, field.key, event.currentTarget.value, `parameter ${ids.join(' ')} ${field.key}`)
      }
      onBlur={endGesture}
    />
  )
}

function Toggle({ ids, field, value }: ParameterProps<Extract<Field, { type: 'boolean' }>>) {
  return (
    <Switch
      className={clsx(classes.toggle, value === mixed && classes.mixed)}
      data-parameter={field.key}
      label={field.title}
      labelPosition="left"
      description={value === mixed ? `They differ. ${field.help}` : field.help}
      checked={value === true}
      error={wrong(field, value)}
      onChange={(event) => change(ids, field.key, event.currentTarget.checked)}
    />
  )
}

function Choice({ ids, field, value }: ParameterProps<Extract<Field, { type: 'choice' }>>) {
  return (
    <Select
      className={classes.field}
      data-parameter={field.key}
      label={field.title}
      description={field.help}
      inputWrapperOrder={inOrder}
      data={field.choices.map((choice) => ({ value: choice.value, label: choice.title }))}
      value={typeof value === 'string' ? value : null}
      placeholder={value === mixed ? 'differ' : undefined}
      error={wrong(field, value)}
      onChange={(chosen) => {
        if (chosen !== null) change(ids, field.key, chosen)
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
