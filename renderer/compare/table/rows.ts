/** The rows of the table: runs, and above them groups and replicates that open and close. Pure. */
import type { Field, FieldValue } from '../../../main/common/filter/fields/index.ts'
import type { Run } from '../../../main/common/schemas.ts'
import { aggregate } from './aggregate.ts'
import { compareValues, type SortKey } from './sort.ts'

export interface RunRow {
  kind: 'run'
  key: string
  depth: number
  run: Run
}

export interface GroupRow {
  /** `seeds`: runs that differ in their seed alone. */
  kind: 'group' | 'seeds'
  key: string
  depth: number
  runs: readonly Run[]
  /** What the group has in common; null for replicates. */
  field: Field | null
  value: FieldValue
  open: boolean
}

export type Row = RunRow | GroupRow

export const runKey = (runId: number): string => `run ${runId}`

interface Grouping {
  /** The outermost first. */
  by: readonly Field[]
  foldSeeds: boolean
  sort: readonly SortKey[]
  /** Keys of groups that are not as they are at first: groups open, replicates closed. */
  toggled: ReadonlySet<string>
}

/** @param runs sorted */
export function rowsOf(runs: readonly Run[], grouping: Grouping): Row[] {
  const rows: Row[] = []
  addGroups(rows, runs, grouping, 0, '')
  return rows
}

function addGroups(rows: Row[], runs: readonly Run[], grouping: Grouping, depth: number, path: string): void {
  const field = grouping.by[depth]
  if (!field) return addReplicates(rows, runs, grouping, depth, path)
  for (const { value, members } of groups(runs, field, grouping.sort)) {
    const key = `${path}/${field.name}=${JSON.stringify(value)}`
    const open = !grouping.toggled.has(key)
    rows.push({ kind: 'group', key, depth, runs: members, field, value, open })
    if (open) addGroups(rows, members, grouping, depth + 1, key)
  }
}

interface Group {
  value: FieldValue
  members: Run[]
}

function groups(runs: readonly Run[], field: Field, sort: readonly SortKey[]): Group[] {
  const byValue = new Map<string, Group>()
  for (const run of runs) {
    const value = field.read(run)
    const id = JSON.stringify(value)
    const group = byValue.get(id)
    if (group) group.members.push(run)
    else byValue.set(id, { value, members: [run] })
  }
  const found = [...byValue.values()]
  // By what is measured where the table is sorted by that, by the group's own value else.
  const keys = sort.filter(({ field: by }) => by.group === 'metric' || by.name === field.name)
  const figures = new Map(
    found.map((group) => [
      group,
      keys.map(({ field: by }) => (by.name === field.name ? group.value : aggregate(group.members, by).mean)),
    ]),
  )
  return found.sort((a, b) => {
    for (const [k, { descending }] of keys.entries()) {
      const difference = compareValues(figures.get(a)?.[k] ?? null, figures.get(b)?.[k] ?? null, descending)
      if (difference !== 0) return difference
    }
    return compareValues(a.value, b.value, false)
  })
}

/** Replicates stand where the first of them would. */
function addReplicates(
  rows: Row[],
  runs: readonly Run[],
  grouping: Grouping,
  depth: number,
  path: string,
): void {
  const add = (run: Run, at: number): void =>
    void rows.push({ kind: 'run', key: runKey(run.id), depth: at, run })
  if (!grouping.foldSeeds) {
    for (const run of runs) add(run, depth)
    return
  }
  const sets = new Map<string, Run[]>()
  for (const run of runs) {
    const id = replicateKey(run)
    const set = sets.get(id)
    if (set) set.push(run)
    else sets.set(id, [run])
  }
  for (const [id, members] of sets) {
    const [only] = members
    if (members.length === 1 && only) {
      add(only, depth)
      continue
    }
    const key = `${path}/seeds=${id}`
    const open = grouping.toggled.has(key)
    rows.push({ kind: 'seeds', key, depth, runs: members, field: null, value: null, open })
    if (open) for (const run of members) add(run, depth + 1)
  }
}

/** What is watched and kept does not change what is learned. */
const besides = new Set(['seed', 'probeEvery', 'histogramsEvery', 'checkpoints'])

/** Equal for runs that differ in their seed alone. */
export function replicateKey(run: Run): string {
  const { config, origin, datasetId, modelName, architecture, parameters, parent } = run
  // Nothing tells what else differs between two runs of other tools that gave no settings.
  if (!config && Object.keys(origin?.settings ?? {}).length === 0) return `run ${run.id}`
  const settings = Object.entries(config ?? origin?.settings ?? {}).filter(([name]) => !besides.has(name))
  settings.sort(([a], [b]) => (a < b ? -1 : 1))
  return JSON.stringify([datasetId, modelName, architecture, parameters, parent, settings])
}

/** Runs from one to another as they stand in the table, both included. */
export function between(rows: readonly Row[], from: number, to: number): number[] {
  const at = [from, to].map((id) => rows.findIndex((row) => row.key === runKey(id)))
  if (at.some((place) => place < 0)) return [to]
  const [start, end] = [Math.min(...at), Math.max(...at)]
  return rows.slice(start, end + 1).flatMap((row) => (row.kind === 'run' ? [row.run.id] : []))
}
