/** Type a layer's name where it shall stand: after a double click, or where a wire was let go in the open. */
import { useState, type CSSProperties, type KeyboardEvent } from 'react'
import { layers } from '../../main/common/layers/catalogue.ts'
import { nodePorts } from '../../main/common/shapes.ts'
import { addAt, addWired } from './actions.ts'
import { useCanvas, type QuickAdd } from './canvas.ts'
import classes from './Canvas.module.css'
import { groupColour } from './groups.ts'
import { searchLayers } from './search.ts'

export function QuickAddBox() {
  const quickAdd = useCanvas((s) => s.quickAdd)
  return quickAdd && <Box key={`${quickAdd.at.x},${quickAdd.at.y}`} quickAdd={quickAdd} />
}

const close = (): void => useCanvas.setState({ quickAdd: null })

function Box({ quickAdd: { at, upwards, place, from } }: { quickAdd: QuickAdd }) {
  const [query, setQuery] = useState('')
  const [active, setActive] = useState(0)
  const fitting = layers.filter(
    ({ kind, hidden }) =>
      !hidden &&
      (!from ||
        nodePorts({ kind, parameters: {} })[from.type === 'source' ? 'inputs' : 'outputs'].length > 0),
  )
  const found = searchLayers(fitting, query)

  const add = (kind: string): void => {
    close()
    if (from) addWired(kind, place, from)
    else addAt(kind, place)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const chosen = found[active]
    if (event.key === 'Enter' && chosen) add(chosen.kind)
    else if (event.key === 'Escape') close()
    else if (event.key === 'ArrowDown') setActive((active + 1) % Math.max(1, found.length))
    else if (event.key === 'ArrowUp') setActive((active + found.length - 1) % Math.max(1, found.length))
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <div
      className={classes.quickAdd}
      style={{
        left: `clamp(4px, ${at.x}px, calc(100% - 224px))`,
        ...(upwards ? { bottom: `calc(100% - ${at.y}px)` } : { top: at.y }),
      }}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) close()
      }}
    >
      <input
        autoFocus
        role="combobox"
        aria-expanded
        aria-controls="quick-add-options"
        aria-activedescendant={found[active] ? `quick-add-${found[active].kind}` : undefined}
        aria-label="Add a layer"
        placeholder={from ? 'Add and connect a layer' : 'Add a layer'}
        value={query}
        onChange={(event) => {
          setQuery(event.currentTarget.value)
          setActive(0)
        }}
        onKeyDown={onKeyDown}
      />
      <ul id="quick-add-options" className={classes.options} role="listbox" aria-label="Layers">
        {found.map((layer, i) => (
          <li
            key={layer.kind}
            id={`quick-add-${layer.kind}`}
            role="option"
            aria-selected={i === active}
            className={classes.option}
            style={{ '--colour': groupColour[layer.group] } as CSSProperties}
            // Before the input loses focus, which would close the box.
            onPointerDown={(event) => {
              event.preventDefault()
              add(layer.kind)
            }}
            onPointerMove={() => setActive(i)}
          >
            <i aria-hidden />
            {layer.title}
            <small>{layer.group}</small>
          </li>
        ))}
        {found.length === 0 && <li className={classes.none}>No layer is called that.</li>}
      </ul>
    </div>
  )
}
