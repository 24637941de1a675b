/** The name that somebody probably meant. */

/** Null where none comes near: begins alike, or differs in two letters at most. */
export function nearest(text: string, names: readonly string[]): string | null {
  const wanted = text.toLowerCase()
  let best: { name: string; distance: number } | null = null
  for (const name of names) {
    const lower = name.toLowerCase()
    const begins = wanted.length >= 2 && lower.startsWith(wanted)
    const distance = begins ? 0.5 : lower === wanted ? 0 : edits(wanted, lower, 2)
    if (distance <= 2 && distance < wanted.length && (!best || distance < best.distance))
      best = { name, distance }
  }
  return best?.name ?? null
}

/** Letters to add, drop or change (Levenshtein); `most + 1` where it takes more than that. */
function edits(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    if (Math.min(...next) > most) return most + 1
    row = next
  }
  return row[b.length] ?? most + 1
}
