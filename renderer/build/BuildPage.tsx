/** Build: layers on the left, the canvas, and on the right all about what is selected. */
import { ReactFlowProvider } from '@xyflow/react'
import { useEffect, useLayoutEffect, type CSSProperties, type DragEvent } from 'react'
import type { Dataset } from '../../main/common/data/dataset.ts'
import { client } from '../client.ts'
import { dataShape } from '../../main/common/trainable.ts'
import { complain } from '../state/notices.ts'
import { Splitter } from '../ui/Splitter.tsx'
import { keepSaved } from './autosave.ts'
import classes from './BuildPage.module.css'
import { Canvas } from './Canvas.tsx'
import { useCanvas } from './canvas.ts'
import { CheatSheet } from './CheatSheet.tsx'
import { DragGhost } from './DragGhost.tsx'
import { openFile } from './files.ts'
import { useLayout } from './layout.ts'
import { Palette } from './Palette.tsx'
import { Panel } from './panel/Panel.tsx'
import { TextView } from './TextView.tsx'
import { endGesture } from './store.ts'
import { useKeyboard } from './useKeyboard.ts'

export function BuildPage({ dataset }: { dataset: Dataset | null }) {
  // Before the first paint, so that a model never flashes the errors it would have without its data.
  useLayoutEffect(() => useCanvas.getState().setData(dataShape(dataset)), [dataset])
  useEffect(() => {
    void keepSaved(client.models, complain)
    return endGesture
  }, [])
  return (
    <ReactFlowProvider>
      <Layout />
    </ReactFlowProvider>
  )
}

const onDragOver = (event: DragEvent): void => {
  if (event.dataTransfer.types.includes('Files')) event.preventDefault()
}

/** A model's file that is let go anywhere on the page is opened. */
const onDrop = (event: DragEvent): void => {
  const [file] = event.dataTransfer.files
  if (!file) return
  event.preventDefault()
  void openFile(file)
}

const limits = { smallest: 140, largest: 440 }

function Layout() {
  useKeyboard()
  const { palette, panel, view, set } = useLayout()
  const style = { '--palette': `${palette}px`, '--panel': `${panel}px` } as CSSProperties
  return (
    <div className={classes.page} style={style} onDragOver={onDragOver} onDrop={onDrop}>
      <Palette />
      <Splitter
        label="Width of the list of layers"
        size={palette}
        {...limits}
        onChange={(palette) => set({ palette })}
      />
      {view === 'text' ? <TextView /> : <Canvas />}
      <Splitter
        label="Width of the panel"
        size={panel}
        {...limits}
        growsBack
        onChange={(panel) => set({ panel })}
      />
      <Panel />
      <DragGhost />
      <CheatSheet />
    </div>
  )
}
