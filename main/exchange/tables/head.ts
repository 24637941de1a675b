/** Lines of a JSON lines file that are no points: what a run is, written before them, and how it ended. Pure. */
import type { ForeignRun } from '../piece.ts'
import type { Cell } from './cell.ts'

export interface Start {
  kind: 'start'
  /** Null: named after the file. */
  name: string | null
  /** Points after this step are made again; 0: a new run. */
  step: number
  /** Milliseconds since 1970. */
  createdAt: number | null
  modelName: string
  datasetId: string
  datasetName: string
  parameters: number
  settings: Record<string, string | number | boolean>
  /** The run of Tapedeck whose exported project writes this, at which of its steps. */
  from: ForeignRun['from']
}

/** What it says of its run's row. */
export const aboutOf = ({
  modelName,
  datasetId,
  datasetName,
  parameters,
  from,
}: Start): Pick<ForeignRun, 'modelName' | 'datasetId' | 'datasetName' | 'parameters' | 'from'> => ({
  modelName,
  datasetId,
  datasetName,
  parameters,
  from,
})

export interface End {
  kind: 'end'
  status: 'finished' | 'failed' | 'stopped'
  /** Of one that failed. */
  reason: string
}

/** How its run stands in the table. */
export const endingOf = ({ status, reason }: End): Pick<ForeignRun, 'status' | 'error'> => ({
  status,
  error:
    status === 'failed'
      ? {
          code: 'follow/failed',
          what: reason || 'The program that trains it says that it failed.',
          mend: 'See what it wrote where it ran.',
        }
      : null,
})

const settingsOf = (cells: ReadonlyMap<string, Cell>): Start['settings'] => {
  const settings: Start['settings'] = {}
  for (const [name, cell] of cells) {
    const [, setting] = /^(?:settings|config)\/(.+)$/.exec(name) ?? []
    if (setting !== undefined && cell !== null) settings[setting] = cell
  }
  return settings
}

/**
 * `{"tapedeck": "start", "name": ..., "settings": {...}}` and `{"tapedeck": "end", "status": "finished"}`; of other programs
 * a line with a `config` or `settings` and no number beside it.
 * @returns null where the line is points
 */
export function headOf(cells: ReadonlyMap<string, Cell>): Start | End | null {
  const mark = cells.get('tapedeck')
  if (mark === 'end') {
    const status = cells.get('status')
    const known = status === 'failed' || status === 'stopped' ? status : 'finished'
    return { kind: 'end', status: known, reason: text(cells, 'reason') }
  }
  const settings = settingsOf(cells)
  if (mark !== 'start' && (Object.keys(settings).length === 0 || hasNumber(cells))) return null
  const run = whole(cells, 'from/run')
  const createdAt = whole(cells, 'started', 1000)
  return {
    kind: 'start',
    name: text(cells, 'name') || text(cells, 'run') || null,
    step: whole(cells, 'step') ?? 0,
    createdAt: createdAt === null || createdAt <= 0 ? null : createdAt,
    modelName: text(cells, 'model'),
    datasetId: text(cells, 'dataset/id'),
    datasetName: text(cells, 'dataset/name'),
    parameters: whole(cells, 'parameters') ?? 0,
    settings,
    from: run === null ? null : { run, name: text(cells, 'from/name'), step: whole(cells, 'from/step') ?? 0 },
  }
}

const hasNumber = (cells: ReadonlyMap<string, Cell>): boolean =>
  [...cells].some(([name, cell]) => typeof cell === 'number' && !/^(settings|config)\//.test(name))

function text(cells: ReadonlyMap<string, Cell>, name: string): string {
  const cell = cells.get(name)
  return typeof cell === 'string' ? cell.slice(0, 120) : ''
}

/** A number in units of 1 / `scale`, from 0 on. */
function whole(cells: ReadonlyMap<string, Cell>, name: string, scale = 1): number | null {
  const cell = cells.get(name)
  const number = typeof cell === 'number' ? Math.round(cell * scale) : NaN
  return Number.isSafeInteger(number) && number >= 0 ? number : null
}
