/** An SVG as a picture of twice its pixels. */

const scale = 2

/** @throws Error where the browser cannot draw it */
export async function pngOf(svg: string): Promise<Blob> {
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }))
  try {
    const image = new Image()
    image.src = url
    await image.decode()
    const canvas = document.createElement('canvas')
    canvas.width = image.naturalWidth * scale
    canvas.height = image.naturalHeight * scale
    const context = canvas.getContext('2d')
    context?.scale(scale, scale)
    context?.drawImage(image, 0, 0)
    const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done))
    if (!blob)
      throw new Error(`[figure] a picture of ${canvas.width} × ${canvas.height} pixels cannot be made`)
    return blob
  } finally {
    URL.revokeObjectURL(url)
  }
}
