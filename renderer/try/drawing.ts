/** A drawing as data sets of signs have it: in the middle, its longer side 20 of 28 pixels, as in MNIST. */

const share = 20 / 28

/** Bounds of what was drawn; null of an empty sheet. Alpha of RGBA pixels, row by row. */
export function boundsOf(
  pixels: ArrayLike<number>,
  width: number,
  height: number,
): { left: number; top: number; width: number; height: number } | null {
  let [left, top, right, bottom] = [width, height, -1, -1]
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      if ((pixels[4 * (y * width + x) + 3] ?? 0) === 0) continue
      left = Math.min(left, x)
      right = Math.max(right, x)
      top = Math.min(top, y)
      bottom = Math.max(bottom, y)
    }
  return right < 0 ? null : { left, top, width: right - left + 1, height: bottom - top + 1 }
}

/** @param aspect width : height of the image that is made */
export function fitted(drawn: HTMLCanvasElement, paper: string, aspect: number): HTMLCanvasElement | null {
  const { width, height } = drawn
  const pixels = drawn.getContext('2d')?.getImageData(0, 0, width, height).data
  const bounds = pixels && boundsOf(pixels, width, height)
  if (!bounds) return null
  const sheet = document.createElement('canvas')
  sheet.height = height
  sheet.width = Math.round(height * aspect)
  const context = sheet.getContext('2d')
  if (!context) return null
  context.fillStyle = paper
  context.fillRect(0, 0, sheet.width, sheet.height)
  const scale = (share * Math.min(sheet.width, sheet.height)) / Math.max(bounds.width, bounds.height)
  const [w, h] = [bounds.width * scale, bounds.height * scale]
  context.drawImage(
    drawn,
    bounds.left,
    bounds.top,
    bounds.width,
    bounds.height,
    (sheet.width - w) / 2,
    (sheet.height - h) / 2,
    w,
    h,
  )
  return sheet
}
