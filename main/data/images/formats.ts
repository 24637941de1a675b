/** What an image file is, told by its first bytes and never by its name. Nothing else is ever passed to a decoder. */
export type ImageFormat = 'png' | 'jpeg' | 'webp' | 'gif' | 'tiff'

/** How the formats that are read are called in sentences. */
export const readFormats = 'PNG, JPEG, WebP, GIF or TIFF'

export function imageFormat(start: Uint8Array): ImageFormat | null {
  if (begins(start, 0, '\x89PNG')) return 'png'
  if (begins(start, 0, '\xff\xd8\xff')) return 'jpeg'
  if (begins(start, 0, 'RIFF') && begins(start, 8, 'WEBP')) return 'webp'
  if (begins(start, 0, 'GIF87a') || begins(start, 0, 'GIF89a')) return 'gif'
  if (tiffStarts.some((magic) => begins(start, 0, magic))) return 'tiff'
  return null
}

/** Little and big endian, and the same for BigTIFF. */
const tiffStarts = ['II*\0', 'MM\0*', 'II+\0', 'MM\0+']

const others: { name: string; offset: number; magic: string }[] = [
  { name: 'BMP', offset: 0, magic: 'BM' },
  { name: 'AVIF', offset: 4, magic: 'ftypavif' },
  { name: 'HEIC', offset: 4, magic: 'ftyphei' },
  { name: 'HEIC', offset: 4, magic: 'ftypmif1' },
  { name: 'JPEG 2000', offset: 4, magic: 'jP  ' },
  { name: 'JPEG XL', offset: 4, magic: 'JXL ' },
  { name: 'PDF', offset: 0, magic: '%PDF' },
  { name: 'SVG', offset: 0, magic: '<svg' },
]

/** Why these bytes are not read, in words fit for a list of problems. */
export function whyNot(bytes: Uint8Array): string {
  if (bytes.length === 0) return 'the file is empty'
  const other = others.find(({ offset, magic }) => begins(bytes, offset, magic))
  if (other) return `${other.name} is not read: save it as PNG`
  return `not a ${readFormats}, whatever its name says`
}

function begins(bytes: Uint8Array, offset: number, magic: string): boolean {
  for (let at = 0; at < magic.length; at += 1) if (bytes[offset + at] !== magic.charCodeAt(at)) return false
  return true
}

/** Names that images have: what else lies in a folder is not opened. */
const extensions = new Set(
  '.png .jpg .jpeg .jpe .jfif .webp .gif .tif .tiff .bmp .dib .avif .heic .heif .jp2 .jxl'.split(' '),
)

/** @param extension with its point, in lower case */
export const isImageExtension = (extension: string): boolean => extensions.has(extension)
