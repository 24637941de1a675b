/** Build: layers on the left, the canvas, and on the right all about what is selected. */
import { ReactFlowProvider } from '@xyflow/react'
import { useEffect, useLayoutEffect, type CSSProperties } from 'react'
import type { Dataset } from '../../main/common/schemas.ts'
import { client } from '../client.ts'
import { dataShape } from '../../main/common/trainable.ts'
import { complain } from '../state/notices.ts'
import { keepSaved } from './autosave.ts'
import classes from './BuildPage.module.css'
import { Canvas } from './Canvas.tsx'
import { useCanvas } from './canvas.ts'
import { DragGhost } from './DragGhost.tsx'
import { useLayout } from './layout.ts'
import { Palette } from './Palette.tsx'
import { Panel } from './panel/Panel.tsx'
import { Splitter } from './Splitter.tsx'
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

function Layout() {
  useKeyboard()
  const { palette, panel, set } = useLayout()
  const style = { '--palette': `${palette}px`, '--panel': `${panel}px` } as CSSProperties
  return (
    <div className={classes.page} style={style}>
      <Palette />
      <Splitter
        label="Width of the list of layers"
        width={palette}
        onChange={(palette) => set({ palette })}
      />
      <Canvas />
      <Splitter label="Width of the panel" width={panel} growsLeft onChange={(panel) => set({ panel })} />
      <Panel />
      <DragGhost />
    </div>
  )
}
