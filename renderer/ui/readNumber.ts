/** The number that a person typed: `0.01`, `1e-3`, `0,01`; null when it is none. */
export function readNumber(text: string): number | null {
  const trimmed = text.trim().replace(/^([^.,]*),(\d+)$/, '$1.$2')
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(trimmed)) return null
  return Number(trimmed)
}
