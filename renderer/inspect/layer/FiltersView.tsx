/** Filters as images: in colour, or in grey, one tile for each channel that they read. */
import { useState } from 'react'
import { pageOfFilters, type Filters, type WeightView } from '../../../main/common/health/weights.ts'
import { count, measure } from '../../ui/format.ts'
import classes from './Layer.module.css'
import { Pager } from './Pager.tsx'
import { Tile } from './Tile.tsx'
import { useFilters, type LayerAt } from './useLayerWeights.ts'

interface FiltersViewProps {
  at: LayerAt
  view: WeightView & { kind: 'filters' }
  revision: number
}

export function FiltersView({ at, view, revision }: FiltersViewProps) {
  const [firstFilter, setFirstFilter] = useState(0)
  const [firstChannel, setFirstChannel] = useState(0)
  const found = useFilters(at, firstFilter, firstChannel, revision)
  const byChannel = !view.colour && view.channels > 1
  return (
    <>
      <div className={classes.weightsBar}>
        <Pager
          noun="filter"
          first={firstFilter}
          each={pageOfFilters.filters}
          total={view.count}
          onChange={setFirstFilter}
        />
        {byChannel && (
          <Pager
            noun="channel"
            first={firstChannel}
            each={pageOfFilters.channels}
            total={view.channels}
            onChange={setFirstChannel}
          />
        )}
      </div>
      <div className={classes.tilesScroll} data-testid="filters">
        {found && byChannel && (
          <ByChannel found={found} firstFilter={firstFilter} firstChannel={firstChannel} />
        )}
        {found && !byChannel && <Whole found={found} firstFilter={firstFilter} colour={view.colour} />}
      </div>
      {found && (
        <p className={classes.scale}>
          {view.rows} × {view.columns}
          {view.colour
            ? `: red, green and blue each from −${measure(found.scale, 2)} to ${measure(found.scale, 2)}, grey is 0`
            : `: black −${measure(found.scale, 2)}, grey 0, white ${measure(found.scale, 2)}`}
          , by the largest weight of the layer · step {count(found.step)}
        </p>
      )}
    </>
  )
}

function Whole({ found, firstFilter, colour }: { found: Filters; firstFilter: number; colour: boolean }) {
  const { filters, channels, rows, columns, values } = found
  const size = channels * rows * columns
  const wanted = filters <= 16 ? 84 : filters <= 32 ? 64 : 48
  return (
    <div className={classes.tiles}>
      {Array.from({ length: filters }, (_, i) => (
        <Tile
          key={i}
          title={`filter ${firstFilter + i + 1}`}
          rows={rows}
          columns={columns}
          values={values.slice(i * size, (i + 1) * size)}
          colour={colour}
          width={tileWidth(columns, wanted)}
        />
      ))}
    </div>
  )
}

interface ByChannelProps {
  found: Filters
  firstFilter: number
  firstChannel: number
}

/** A row for each filter, a tile for each channel that it reads. */
function ByChannel({ found, firstFilter, firstChannel }: ByChannelProps) {
  const { filters, channels, rows, columns, values } = found
  const size = rows * columns
  return (
    <table className={classes.tileTable}>
      <thead>
        <tr>
          <th scope="col">filter</th>
          {Array.from({ length: channels }, (_, channel) => (
            <th key={channel} scope="col" title={`channel ${firstChannel + channel + 1}`}>
              {firstChannel + channel + 1}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {Array.from({ length: filters }, (_, filter) => (
          <tr key={filter}>
            <th scope="row">{firstFilter + filter + 1}</th>
            {Array.from({ length: channels }, (_, channel) => {
              const from = (filter * channels + channel) * size
              return (
                <td key={channel}>
                  <Tile
                    title={`filter ${firstFilter + filter + 1}, channel ${firstChannel + channel + 1}`}
                    rows={rows}
                    columns={columns}
                    values={values.slice(from, from + size)}
                    colour={false}
                    width={tileWidth(columns, 24)}
                  />
                </td>
              )
            })}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** Whole pixels for each value, about `wanted` wide. */
const tileWidth = (columns: number, wanted: number): number =>
  columns * Math.max(1, Math.round(wanted / columns))
