/** What had to be changed of images to make them samples, counted and said. */
import { count } from '../refuse.ts'
import type { ImageLook } from './header.ts'

/** In the order they are said in; each with its words for one image and for several. */
const sentences = {
  turned: ['turned by its EXIF orientation', 'turned by their EXIF orientation'],
  animated: [
    'animated or of several pages: its first frame is read',
    'animated or of several pages: their first frame is read',
  ],
  transparent: ['transparent, laid over white', 'transparent, laid over white'],
  palette: ['with a palette, converted to colour', 'with a palette, converted to colour'],
  cmyk: ['CMYK, converted to RGB', 'CMYK, converted to RGB'],
  deep: ['of 16 bits, converted to 8', 'of 16 bits, converted to 8'],
  toColour: ['grey, converted to colour', 'grey, converted to colour'],
  toGrey: ['colour, converted to grey', 'colour, converted to grey'],
} as const
export type Conversion = keyof typeof sentences

/** What becomes of an image that is to have so many channels. */
export function conversionsOf(look: ImageLook, channels: 1 | 3): Conversion[] {
  const { turned, animated, transparent, palette, cmyk, deep, grey } = look
  const made = { turned, animated, transparent, palette, cmyk, deep }
  const changed = { ...made, toColour: grey && channels === 3, toGrey: !grey && channels === 1 }
  return (Object.keys(sentences) as Conversion[]).filter((conversion) => changed[conversion])
}

/** Of one image. */
export const conversionWords = (conversion: Conversion): string => sentences[conversion][0]

export class ConversionCounts {
  readonly #counts = new Map<Conversion, number>()

  add(conversions: readonly Conversion[]): void {
    for (const conversion of conversions)
      this.#counts.set(conversion, (this.#counts.get(conversion) ?? 0) + 1)
  }

  /** "12 images turned by their EXIF orientation.", one sentence for each kind that occurred. */
  sentences(): string[] {
    return (Object.keys(sentences) as Conversion[]).flatMap((conversion) => {
      const times = this.#counts.get(conversion) ?? 0
      if (times === 0) return []
      return [`${count(times, 'image')} ${sentences[conversion][times === 1 ? 0 : 1]}.`]
    })
  }
}
