/** Which column of a table of metrics has which role. Pure. */
import type { TableReading } from '../../../main/common/exchange/exchange.ts'

export type Role = Exclude<keyof TableReading, 'metrics'>

const roleNames = ['step', 'epoch', 'time', 'run', 'metric', 'value'] as const satisfies readonly Role[]

/** One value a row: a column names the metric and another holds its value. */
export const long = ({ metric, value }: TableReading): boolean => metric !== null && value !== null

/** What a column is read as; null where it is left out. */
export function roleOf(reading: TableReading, column: string): string | null {
  const role = roleNames.find((name) => reading[name] === column)
  if (role) return role === 'metric' ? 'metric’s name' : role
  return !long(reading) && reading.metrics.includes(column) ? 'metric' : null
}

/** A column has one role; one that loses its role is a metric again. */
export function withRole(
  reading: TableReading,
  role: Role,
  column: string | null,
  columns: readonly string[],
): TableReading {
  const next = { ...reading, [role]: column }
  for (const other of roleNames) if (other !== role && next[other] === column) next[other] = null
  const before = reading[role]
  const taken = new Set(roleNames.map((name) => next[name]))
  const metrics = new Set([...reading.metrics, ...(before === null ? [] : [before])])
  return { ...next, metrics: columns.filter((name) => metrics.has(name) && !taken.has(name)) }
}
