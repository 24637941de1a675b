/**
 * The size of a PNG or JPEG from its first bytes. Asking the decoder costs 0.4 ms per file, a third of
 * importing a small picture; this costs nothing. Where it is not sure it says so, and the decoder is asked.
 */
export interface HeaderSize {
  width: number
  height: number
}

/** Null where the header is unusual, or where EXIF may turn the picture. */
export function headerSize(bytes: Uint8Array): HeaderSize | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes[0] === 0x89) return pngSize(view)
  return bytes[0] === 0xff ? jpegSize(view) : null
}

/** Chunk IHDR comes first: https://www.w3.org/TR/png-3/#11IHDR */
function pngSize(view: DataView): HeaderSize | null {
  if (view.byteLength < 33 || view.getUint32(12) !== 0x49484452) return null
  // eXIf may hold an orientation; it is rare and stands before the pixels.
  for (let at = 33; at + 12 <= view.byteLength; at += 12 + view.getUint32(at)) {
    const type = view.getUint32(at + 4)
    if (type === 0x65584966) return null
    if (type === 0x49444154) return { width: view.getUint32(16), height: view.getUint32(20) }
  }
  return null
}

/** Segments up to the frame header: ITU-T T.81, B.2.2. */
function jpegSize(view: DataView): HeaderSize | null {
  for (let at = 2; at + 9 < view.byteLength;) {
    if (view.getUint8(at) !== 0xff) return null
    const marker = view.getUint8(at + 1)
    if (marker === 0xe1) return null // APP1: EXIF
    const frame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc
    if (frame) return { height: view.getUint16(at + 5), width: view.getUint16(at + 7) }
    at += 2 + view.getUint16(at + 2)
  }
  return null
}
