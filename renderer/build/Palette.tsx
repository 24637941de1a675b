/** Every layer there is: drag one to the canvas, or press it to add it behind the selected one. */
import { Tooltip } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { useRef, useState, type CSSProperties, type KeyboardEvent } from 'react'
import type { Layer } from '../../main/common/layer.ts'
import { layers } from '../../main/common/layers/catalogue.ts'
import { addNext } from './actions.ts'
import { useCanvas } from './canvas.ts'
import { groupColour } from './groups.ts'
import classes from './Palette.module.css'
import { grouped, searchLayers } from './search.ts'
import { usePaletteDrag } from './usePaletteDrag.ts'
import { useView } from './useView.ts'

export const searchFieldId = 'layer-search'

export function Palette() {
  const [query, setQuery] = useState('')
  const list = useRef<HTMLDivElement>(null)
  const found = searchLayers(layers, query)
  const add = useAdd()

  const onSearchKey = (event: KeyboardEvent<HTMLInputElement>): void => {
    const [best] = found
    if (event.key === 'Enter' && best && query.trim() !== '') {
      add(best)
      // What is typed next is the next layer.
      event.currentTarget.select()
    } else if (event.key === 'Escape') {
      if (query === '') event.currentTarget.blur()
      setQuery('')
    } else if (event.key === 'ArrowDown') list.current?.querySelector('button')?.focus()
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  /** Arrow keys walk the list. */
  const onListKey = (event: KeyboardEvent): void => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
    const items = [...(list.current?.querySelectorAll('button') ?? [])]
    const at = items.findIndex((item) => item === document.activeElement)
    const next = at + (event.key === 'ArrowDown' ? 1 : -1)
    if (next < 0) document.getElementById(searchFieldId)?.focus()
    else items[next]?.focus()
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <aside className={classes.palette} aria-label="Layers">
      <label className={classes.search}>
        <IconSearch size={14} aria-hidden />
        <input
          id={searchFieldId}
          type="text"
          aria-label="Search layers"
          placeholder="Search layers"
          autoComplete="off"
          spellCheck={false}
          value={query}
          onChange={(event) => setQuery(event.currentTarget.value)}
          onKeyDown={onSearchKey}
        />
        <kbd>/</kbd>
      </label>
      <div ref={list} className={classes.list} onKeyDown={onListKey}>
        {query.trim() === '' ? (
          grouped(found).map(([group, inGroup]) => (
            <section key={group} aria-label={group}>
              <h2>{group}</h2>
              {inGroup.map((layer) => (
                <Item key={layer.kind} layer={layer} onAdd={add} />
              ))}
            </section>
          ))
        ) : found.length > 0 ? (
          found.map((layer) => <Item key={layer.kind} layer={layer} onAdd={add} />)
        ) : (
          <p className={classes.none}>No layer is called that.</p>
        )}
      </div>
    </aside>
  )
}

function useAdd(): (layer: Layer) => void {
  const { show } = useView()
  return (layer) => {
    addNext(layer.kind)
    const id = useCanvas.getState().selectedNodes.at(-1)
    if (id !== undefined) show(id)
  }
}

function Item({ layer, onAdd }: { layer: Layer; onAdd: (layer: Layer) => void }) {
  const { onPointerDown, wasDragged } = usePaletteDrag(layer.kind)
  return (
    <Tooltip label={layer.help} position="right" w={240} openDelay={500}>
      <button
        type="button"
        className={classes.item}
        style={{ '--colour': groupColour[layer.group] } as CSSProperties}
        onPointerDown={onPointerDown}
        onClick={() => {
          if (!wasDragged()) onAdd(layer)
        }}
      >
        {layer.title}
      </button>
    </Tooltip>
  )
}
