import { expect, test } from 'vitest'
import { picture } from '../fixtures.ts'
import { readHeader } from './header.ts'

test('reads the size of a PNG and a JPEG', async () => {
  expect(readHeader(await picture(31, 7, '#123').png().toBuffer())).toMatchObject({ width: 31, height: 7 })
  expect(readHeader(await picture(31, 7, '#123').jpeg().toBuffer())).toMatchObject({ width: 31, height: 7 })
  expect(readHeader(await picture(31, 7, '#123').jpeg({ progressive: true }).toBuffer())).toMatchObject({
    width: 31,
    height: 7,
  })
})

test('is not sure where EXIF may turn the picture, and of anything cut or unknown', async () => {
  const turned = await picture(31, 7, '#123').withMetadata({ orientation: 6 }).jpeg().toBuffer()
  const png = await picture(31, 7, '#123').png().toBuffer()
  for (const bytes of [
    turned,
    png.subarray(0, 20),
    turned.subarray(0, 5),
    Buffer.from('GIF89a'),
    Buffer.alloc(0),
  ])
    expect(readHeader(bytes)).toBeNull()
})
