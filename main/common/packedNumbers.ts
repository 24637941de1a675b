/** Many numbers as one text: doubles of a little-endian machine, there is no other here, in base 64. */
export function unpackNumbers(text: string): Float64Array {
  const characters = atob(text)
  const bytes = new Uint8Array(characters.length)
  for (let i = 0; i < characters.length; i++) bytes[i] = characters.charCodeAt(i)
  return new Float64Array(bytes.buffer)
}
