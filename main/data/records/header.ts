/** Whether the first row of a table names its columns. */

/** Names that columns of data sets have, lower-cased. */
const usualNames = new Set(
  'id index label labels class category target sentiment topic intent text texts message review sentence content body document tweet comment title name date time url path file filename image split set partition group user v1 v2'.split(
    ' ',
  ),
)
const longestName = 80

export interface HeaderGuess {
  header: boolean
  reason: string
}

/**
 * Names are all there, all different, short, and no numbers. Beyond that, something must tell them from values: a usual
 * name, a column of numbers below, or a column of few values of which the first row has none.
 * @param others the rows after the first
 */
export function guessHeader(first: readonly string[], others: readonly string[][]): HeaderGuess {
  const names = first.map((cell) => cell.trim())
  const is = (header: boolean, reason: string): HeaderGuess => ({ header, reason })
  const filled = names.filter((name) => name !== '')
  // A first column without a name numbers the rows in what many programs write.
  if (filled.length < names.length - 1 || filled.length === 0)
    return is(false, 'the first row has empty cells')
  if (filled.some(isNumber)) return is(false, 'the first row has a number in it')
  if (new Set(filled).size < filled.length) return is(false, 'the first row has a value twice')
  if (filled.some((name) => name.length > longestName || name.includes('\n')))
    return is(false, 'the first row has a cell too long for a name')
  const lower = filled.map((name) => name.toLowerCase())
  // Single letters are names only together.
  const usual = filled.filter((_, at) => usualNames.has(lower[at]!))
  if (lower.includes('x') && lower.includes('y')) usual.push('x', 'y')
  if (usual.length >= 2 || (usual.length === 1 && filled.length === 1))
    return is(
      true,
      `the first row has ${usual
        .slice(0, 3)
        .map((name) => `"${name}"`)
        .join(', ')}`,
    )
  if (others.length === 0) return is(usual.length > 0, 'there is one row only')
  let speaks: string | null = null
  for (const [index, name] of names.entries()) {
    if (name === '') continue
    const cells = others.flatMap((row) => row[index]?.trim() || [])
    if (cells.length === 0) continue
    if (cells.filter(isNumber).length >= 0.9 * cells.length) speaks ??= `"${name}" stands above numbers`
    const values = new Set(cells)
    if (values.has(name)) return is(false, `"${name.slice(0, 40)}" also occurs further down`)
    if (cells.length >= 4 && values.size <= cells.length / 2)
      speaks ??= `"${name}" is none of the values below it`
  }
  if (speaks) return is(true, speaks)
  return is(
    usual.length > 0,
    usual.length > 0 ? `the first row has "${usual[0]!}"` : 'nothing tells the first row from the others',
  )
}

const isNumber = (cell: string): boolean => cell.trim() !== '' && Number.isFinite(Number(cell))
