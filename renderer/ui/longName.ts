/** Names too long for their place lose their middle: runs of one experiment often differ in the end of their name only. Pure. */

/** Names up to so many letters are not divided: they find room in every place. */
const short = 24
/** Of a longer one so many letters at its end, or a few less where a word begins, stay to be seen. */
const kept = { most: 20, least: 8 }

/** What may be cut of a name, and the end of it that stays; a short one has no such end. */
export function ends(name: string): [head: string, tail: string] {
  if (name.length <= short) return [name, '']
  const first = name.length - kept.most
  const word = name.indexOf(' ', first)
  const at = word >= 0 && name.length - word >= kept.least ? word : first
  return [name.slice(0, at), name.slice(at)]
}

/** At most so many letters, where only letters can be counted: a third before what is left out, the rest behind. */
export function shortened(name: string, most: number): string {
  if (name.length <= most) return name
  const head = Math.ceil((most - 1) / 3)
  return `${name.slice(0, head)}…${name.slice(name.length - (most - 1 - head))}`
}
