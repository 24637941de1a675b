/** Ids and names of what a document holds. */

/** `linear`, then `linear-2`, `linear-3`: the first that is not taken. */
export function freeId(stem: string, taken: Iterable<string>): string {
  const used = taken instanceof Set ? taken : new Set(taken)
  const short = stem.slice(0, 56).replace(/[^\w-]/g, '-') || 'layer'
  if (!used.has(short)) return short
  let count = 2
  while (used.has(`${short}-${count}`)) count++
  return `${short}-${count}`
}

/** `head`, then `head 2`, `head 3`: the first that is not taken. */
export function freeName(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name
  const stem = name.replace(/ \d+$/, '').slice(0, 74)
  let count = 2
  while (taken.has(`${stem} ${count}`)) count++
  return `${stem} ${count}`
}
