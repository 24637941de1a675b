/** The form of a custom operator: its texts, with what is wrong under the one it is wrong in, while it is typed. */
import { TextInput } from '@mantine/core'
import { useState } from 'react'
import { fitOperator } from '../../../../main/common/expression/check.ts'
import { setInputNames } from '../../../../main/common/expression/inputNames.ts'
import { readOperator, type OperatorProblem } from '../../../../main/common/expression/operator.ts'
import type { Parameters } from '../../../../main/common/layer.ts'
import { inputPorts } from '../../../../main/common/layer.ts'
import type { NodeAnalysis } from '../../../../main/common/shapes.ts'
import { sentence } from '../../describe.ts'
import { endGesture, useModel } from '../../store.ts'
import { ParameterField } from '../fields.tsx'
import panel from '../../Panel.module.css'
import classes from './Custom.module.css'

export function OperatorFields({ analysed }: { analysed: NodeAnalysis }) {
  const { node, layer, parameters } = analysed
  const problem = problemOf(analysed, parameters)
  return (
    <div className={classes.fields}>
      {layer?.fields.map((field) => {
        const fault = problem?.field === field.key ? spoken(problem) : undefined
        return field.key === 'inputs' ? (
          <InputNames key="inputs" analysed={analysed} fault={fault} />
        ) : (
          <ParameterField
            key={field.key}
            ids={[node.id]}
            field={field}
            value={parameters[field.key]}
            fault={fault}
          />
        )
      })}
    </div>
  )
}

/** Its own mistake in the texts; else what does not fit the shapes, where those are known. */
function problemOf({ inputs, layer }: NodeAnalysis, parameters: Parameters): OperatorProblem | null {
  const reading = readOperator(parameters)
  if ('problem' in reading) return reading.problem
  if (!layer || !inputPorts(layer, parameters).every((port) => port in inputs)) return null
  const fitted = fitOperator(reading.operator, inputs)
  return 'problem' in fitted ? fitted.problem : null
}

const spoken = ({ place, message }: OperatorProblem): string =>
  sentence(place ? `Line ${place.line}, column ${place.column}: ${message}` : message)

/** Names of the inputs, taken over when the field is left: ports and wires must not come and go with every letter. */
function InputNames({
  analysed: { node, layer, parameters },
  fault,
}: {
  analysed: NodeAnalysis
  fault?: string
}) {
  const [draft, setDraft] = useState<string | null>(null)
  const field = layer?.fields.find(({ key }) => key === 'inputs')
  const typed = draft === null ? null : readOperator({ ...parameters, inputs: draft })
  const draftFault =
    typed && 'problem' in typed && typed.problem.field === 'inputs' ? spoken(typed.problem) : undefined
  const leave = (): void => {
    if (draft !== null) useModel.getState().apply((document) => setInputNames(document, node.id, draft))
    setDraft(null)
    endGesture()
  }
  return (
    <TextInput
      className={panel.field}
      data-parameter="inputs"
      label={field?.title}
      description={field?.help}
      inputWrapperOrder={['label', 'input', 'error', 'description']}
      value={draft ?? String(parameters['inputs'] ?? '')}
      error={draft === null ? fault : draftFault}
      autoComplete="off"
      spellCheck={false}
      maxLength={200}
      onChange={(event) => setDraft(event.currentTarget.value)}
      onBlur={leave}
      onKeyDown={(event) => {
        if (event.key === 'Enter') leave()
      }}
    />
  )
}
