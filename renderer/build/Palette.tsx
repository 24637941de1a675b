/** Every layer there is: drag one to the canvas, or press it to add it behind the selected one. */
import { Tooltip } from '@mantine/core'
import { IconChevronRight, IconSearch } from '@tabler/icons-react'
import { useRef, useState, type CSSProperties, type KeyboardEvent } from 'react'
import type { Layer, LayerGroup } from '../../main/common/layer.ts'
import { layers } from '../../main/common/layers/catalogue.ts'
import { addNext } from './actions.ts'
import { useCanvas } from './canvas.ts'
import { groupColour } from './groups.ts'
import { foldGroup, useLayout } from './layout.ts'
import classes from './Palette.module.css'
import { grouped, searchLayers } from './search.ts'
import { usePaletteDrag } from './usePaletteDrag.ts'
import { useView } from './useView.ts'

export const searchFieldId = 'layer-search'

const offered = layers.filter((layer) => !layer.hidden)
const groups = grouped(offered)

export function Palette() {
  const [query, setQuery] = useState('')
  const list = useRef<HTMLDivElement>(null)
  const found = searchLayers(offered, query)
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
      <div ref={list} className={classes.list} onKeyDown={(event) => walk(event, list.current)}>
        {query.trim() === '' ? (
          groups.map(([group, inGroup]) => <Group key={group} group={group} layers={inGroup} onAdd={add} />)
        ) : found.length > 0 ? (
          found.map((layer) => <Item key={layer.kind} layer={layer} onAdd={add} />)
        ) : (
          <p className={classes.none}>No layer is called that.</p>
        )}
      </div>
    </aside>
  )
}

/** Up and down walk the list; left and right close and open the group that the keyboard is in. */
function walk(event: KeyboardEvent, list: HTMLElement | null): void {
  const here = document.activeElement
  const items = [...(list?.querySelectorAll('button') ?? [])]
  const at = items.findIndex((item) => item === here)
  const group = here?.closest('section')?.querySelector<HTMLButtonElement>('button[aria-expanded]')
  const onGroup = group === here
  const open = group?.getAttribute('aria-expanded') === 'true'
  if (event.key === 'ArrowDown') items[at + 1]?.focus()
  else if (event.key === 'ArrowUp') (items[at - 1] ?? document.getElementById(searchFieldId))?.focus()
  else if (event.key === 'Home') items[0]?.focus()
  else if (event.key === 'End') items.at(-1)?.focus()
  else if (event.key === 'ArrowLeft' && group && !onGroup) group.focus()
  else if (event.key === 'ArrowLeft' && onGroup && open) group?.click()
  else if (event.key === 'ArrowRight' && onGroup && !open) group?.click()
  else return
  event.preventDefault()
  event.stopPropagation()
}

interface ItemsProps {
  onAdd: (layer: Layer) => void
}

function Group({ group, layers, onAdd }: ItemsProps & { group: LayerGroup; layers: readonly Layer[] }) {
  const folded = useLayout((s) => s.foldedGroups.includes(group))
  return (
    <section aria-label={group}>
      <h2>
        <button
          type="button"
          className={classes.group}
          aria-expanded={!folded}
          onClick={() => foldGroup(group, !folded)}
        >
          {group}
          {folded && <span aria-hidden>{layers.length}</span>}
          <IconChevronRight size={12} aria-hidden />
        </button>
      </h2>
      {!folded && layers.map((layer) => <Item key={layer.kind} layer={layer} onAdd={onAdd} />)}
    </section>
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

function Item({ layer, onAdd }: ItemsProps & { layer: Layer }) {
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
