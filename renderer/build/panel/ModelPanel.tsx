/** Nothing selected: the model as a whole, and others to go on with. */
import { TextInput } from '@mantine/core'
import { useStoreApi } from '@xyflow/react'
import type { ReactNode } from 'react'
import { formatShape } from '../../../main/common/dims.ts'
import { totalCost } from '../../../main/common/cost.ts'
import { renameDocument } from '../../../main/common/edit.ts'
import { bytes, count, counted } from '../../ui/format.ts'
import { useSaving } from '../autosave.ts'
import { useCanvas } from '../canvas.ts'
import { flopsText } from '../describe.ts'
import classes from '../Panel.module.css'
import { StepCost } from '../look/StepCost.tsx'
import { StartButtons } from '../StartButtons.tsx'
import { endGesture, useModel } from '../store.ts'
import { formId } from './focus.ts'
import { Rewrites } from './rewrites/Rewrites.tsx'
import { SavedModels } from './SavedModels.tsx'

const savingText = { saved: 'saved', waiting: 'saving', failed: 'not saved' } as const

export function ModelPanel() {
  const name = useModel((s) => s.document.name)
  const empty = useModel((s) => s.document.nodes.length === 0)
  const stored = useModel((s) => s.id !== null)
  const saving = useSaving((s) => s.state)
  const store = useStoreApi()
  return (
    <>
      <header>
        <h2>Model</h2>
        <small>{stored || saving === 'failed' ? savingText[saving] : ''}</small>
      </header>
      <form id={formId} onSubmit={(event) => event.preventDefault()}>
        <TextInput
          className={classes.field}
          label="Name"
          value={name}
          maxLength={120}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => {
            const wanted = event.currentTarget.value
            useModel.getState().apply((document) => renameDocument(document, wanted), 'model name')
          }}
          onBlur={endGesture}
        />
      </form>
      <Facts />
      {!empty && <StepCost />}
      {!empty && <Rewrites />}
      {!empty && (
        <>
          <h3 className={classes.heading}>Start from</h3>
          <div className={classes.starts}>
            <StartButtons width={() => store.getState().width} />
          </div>
        </>
      )}
      <SavedModels />
    </>
  )
}

function Facts() {
  const analysis = useCanvas((s) => s.analysis)
  const data = useCanvas((s) => s.data)
  const { parameters, nodes } = analysis
  const { sample, classes: classCount } = data
  const { flops, savedBytes } = totalCost(analysis, data)
  return (
    <dl className={classes.totals}>
      <Fact title="Data">
        {sample ? (
          `${formatShape(sample)} · ${counted(classCount ?? 0, 'class', 'classes')}`
        ) : (
          <a href="#/data">none chosen</a>
        )}
      </Fact>
      {nodes.size > 0 && (
        <>
          <Fact title="Layers">{nodes.size}</Fact>
          <Fact title="Weights">
            {count(parameters)} · {bytes(parameters * 4)}
          </Fact>
          <Fact title="Forward">{flops === null ? unknown : `${flopsText(flops)} a sample`}</Fact>
          <Fact title="Kept for backward">
            {savedBytes === null ? unknown : `${bytes(savedBytes)} a sample`}
          </Fact>
        </>
      )}
    </dl>
  )
}

const unknown = 'not known yet'

function Fact({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div>
      <dt>{title}</dt>
      <dd>{children}</dd>
    </div>
  )
}
