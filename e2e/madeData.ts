/** Data as people have it, made for a test: small pictures of several sizes, texts with quotes, a table. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import sharp from 'sharp'

export function put(folder: string, files: Readonly<Record<string, string | Uint8Array>>): string {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), content)
  }
  return folder
}

/** A picture of stripes in one colour; no two numbers give the same. */
export function stripes(
  number: number,
  colour: string,
  [width, height]: readonly [number, number],
): Promise<Buffer> {
  const bars = Array.from({ length: 6 }, (_, at) => {
    const shade = ((number * 37 + at * 61) % 200) + 40
    return `<rect x="${(at * width) / 6}" width="${width / 6 + 1}" height="${height}" fill="rgb(${shade},${shade},${shade})"/>`
  })
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${bars.join('')}<circle cx="${width / 2}" cy="${height / 2}" r="${Math.min(width, height) / 3}" fill="${colour}"/></svg>`
  return sharp(Buffer.from(svg)).png().toBuffer()
}

const sizes = [
  [24, 24],
  [32, 20],
  [18, 30],
] as const

/** Two classes of pictures: one twice, one in both classes, one damaged. */
export async function pictures(folder: string, each = 14): Promise<string> {
  const files: Record<string, string | Uint8Array> = {}
  for (const [colour, from] of [
    ['red', 0],
    ['blue', 100],
  ] as const)
    for (let at = 0; at < each; at += 1)
      files[`${colour}/${at}.png`] = await stripes(from + at, colour, sizes[at % 3]!)
  files['red/again.png'] = files['red/0.png']!
  files['blue/stray.png'] = files['red/1.png']!
  files['blue/broken.png'] = files['blue/0.png']!.slice(0, 60)
  return put(folder, files)
}

/** Messages with commas, quotes and line breaks inside quotes; every fifth is spam. */
export function messages(rows: number): string {
  const lines = Array.from({ length: rows }, (_, at) =>
    at % 5 === 0
      ? `spam,"WIN ""prize ${at}"" now, call ${at}${'!'.repeat(at % 7)}"`
      : `ham,"see you at ${at % 12}, or\nlater${' then'.repeat(at % 9)}"`,
  )
  return ['label,message', ...lines].join('\n')
}

export function houses(rows: number): string {
  const lines = Array.from(
    { length: rows },
    (_, at) =>
      `${at},${40 + ((at * 7) % 120)},${['old', 'new', 'worn'][at % 3]},${at % 9 ? 1 + (at % 4) : ''},${1000 * (40 + ((at * 7) % 120)) + 5000 * (at % 3)}`,
  )
  return ['id,area,state,rooms,price', ...lines].join('\n')
}
