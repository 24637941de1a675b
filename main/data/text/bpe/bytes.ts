/**
 * Byte-level BPE writes every byte as one visible character, so that a token of any bytes is a string: those of Latin-1
 * that are visible stand for themselves, the others for U+0100 and up. The mapping of GPT-2, used by every
 * `tokenizer.json` with a ByteLevel pre-tokenizer.
 */
const visible = (byte: number): boolean =>
  (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || (byte >= 174 && byte <= 255)

let next = 256
/** The character of each byte. */
export const byteCharacters: readonly string[] = Array.from({ length: 256 }, (_, byte) =>
  String.fromCharCode(visible(byte) ? byte : next++),
)

const bytes = new Map(byteCharacters.map((character, byte) => [character, byte]))

/** GPT-2's: words with the space before them, numbers, signs, white space. */
export const wordPattern = /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu

/** What a token of such characters says; bytes that are no whole character as `\xE2`. Null where it is none. */
export function shownBytes(token: string): string | null {
  const values: number[] = []
  for (const character of token) {
    const byte = bytes.get(character)
    if (byte === undefined) return null
    values.push(byte)
  }
  const text = Buffer.from(values).toString('utf8')
  if (!text.includes('\ufffd')) return text
  return values
    .map((byte) =>
      byte >= 32 && byte < 127
        ? String.fromCharCode(byte)
        : `\\x${byte.toString(16).toUpperCase().padStart(2, '0')}`,
    )
    .join('')
}
