/** Nothing built yet: how to begin. */
import { useStoreApi } from '@xyflow/react'
import classes from './Canvas.module.css'
import { StartButtons } from './StartButtons.tsx'

export function EmptyCanvas() {
  const store = useStoreApi()
  return (
    <div className={classes.empty}>
      <h2>Build a network</h2>
      <p>
        Drag a layer here from the left and wire outputs to inputs, double-click anywhere and type its name,
        or press <kbd>/</kbd> and add layers one behind the other with <kbd>Enter</kbd>.
      </p>
      <div className={classes.starts}>
        <StartButtons width={() => store.getState().width} />
      </div>
    </div>
  )
}
