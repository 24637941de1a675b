/**
 * What the first bytes of a PNG or JPEG say about it. Asking the decoder costs 0.4 ms per file, a third of importing a
 * small picture; this costs nothing. Where it is not sure it says so, and the decoder is asked.
 */

/** What must be changed of an image to make it a sample of 8 bits. */
export interface ImageLook {
  /** As it is meant to be seen, EXIF orientation applied. */
  width: number
  height: number
  grey: boolean
  /** EXIF orientation is other than upright. */
  turned: boolean
  /** Has an alpha channel or a transparent colour. */
  transparent: boolean
  palette: boolean
  /** More than 8 bits a value. */
  deep: boolean
  cmyk: boolean
  /** Has more than one frame or page. */
  animated: boolean
}

const plain = { turned: false, transparent: false, palette: false, deep: false, cmyk: false, animated: false }

/** Null where the header is unusual, or where EXIF may turn the picture. */
export function readHeader(bytes: Uint8Array): ImageLook | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes[0] === 0x89) return pngHeader(view)
  return bytes[0] === 0xff ? jpegHeader(view) : null
}

/** Chunk IHDR comes first: https://www.w3.org/TR/png-3/#11IHDR */
function pngHeader(view: DataView): ImageLook | null {
  if (view.byteLength < 33 || view.getUint32(12) !== 0x49484452) return null
  const [depth, colour] = [view.getUint8(24), view.getUint8(25)]
  let transparent = colour === 4 || colour === 6
  // eXIf may hold an orientation; it is rare and stands before the pixels.
  for (let at = 33; at + 12 <= view.byteLength; at += 12 + view.getUint32(at)) {
    const type = view.getUint32(at + 4)
    if (type === 0x65584966) return null
    if (type === 0x74524e53) transparent = true // tRNS
    if (type !== 0x49444154) continue
    const [width, height] = [view.getUint32(16), view.getUint32(20)]
    const grey = colour === 0 || colour === 4
    return { ...plain, width, height, grey, transparent, palette: colour === 3, deep: depth === 16 }
  }
  return null
}

/** Segments up to the frame header: ITU-T T.81, B.2.2. */
function jpegHeader(view: DataView): ImageLook | null {
  for (let at = 2; at + 9 < view.byteLength;) {
    if (view.getUint8(at) !== 0xff) return null
    const marker = view.getUint8(at + 1)
    if (marker === 0xe1) return null // APP1: EXIF
    const frame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc
    if (frame) {
      const [height, width] = [view.getUint16(at + 5), view.getUint16(at + 7)]
      const components = view.getUint8(at + 9)
      return { ...plain, width, height, grey: components === 1, cmyk: components === 4 }
    }
    at += 2 + view.getUint16(at + 2)
  }
  return null
}
