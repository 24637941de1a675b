import { rmSync } from 'node:fs'
import { chmod, readFile, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { ImportOptions } from '../../common/data/options.ts'
import { imageOptions, picture, pictures, put, refusal, temporaryFolder } from '../fixtures.ts'
import { importDataset, inspect, preview } from '../index.ts'

async function source(
  files: Record<string, string | Uint8Array>,
): Promise<{ path: string; datasetsFolder: string }> {
  const folder = await temporaryFolder()
  return { path: await put(join(folder, 'set'), files), datasetsFolder: join(folder, 'datasets') }
}

describe('images in a folder per class', () => {
  test('orders classes naturally and counts them without reading all', async () => {
    const { path } = await source(await pictures(['class 10', 'class 2', 'class 1'], 3))
    const guess = await inspect(path)
    expect(guess.classes).toEqual(['class 1', 'class 2', 'class 10'].map((name) => ({ name, count: 3 })))
    expect(guess.options).toMatchObject({ kind: 'image-folder', image: { height: 4, width: 4, channels: 3 } })
    expect(guess.givenSplit).toBe(false)
  })

  test('respects train, val and test folders', async () => {
    const { path, datasetsFolder } = await source({
      ...(await pictures(['train/a', 'train/b'], 5)),
      ...(await pictures(['val/a', 'val/b'], 2)),
      ...(await pictures(['test/a', 'test/b'], 3)),
    })
    const guess = await inspect(path)
    expect(guess).toMatchObject({ givenSplit: true, sampleCount: 20 })
    expect(guess.reasons).toContain('train/ is for training, val/ for validation, test/ for a last test.')
    const dataset = await importDataset(path, imageOptions, { datasetsFolder })
    expect(dataset.classes).toEqual(['a', 'b'].map((name) => ({ name, train: 5, validation: 2, test: 3 })))
    expect(dataset).toMatchObject({ trainCount: 10, validationCount: 4, testCount: 6 })
  })

  test('resizes several sizes and says which there were', async () => {
    const files = {
      ...(await pictures(['a', 'b'], 6, 8)),
      'a/large.jpg': await picture(60, 40, '#ff0000').jpeg().toBuffer(),
      'b/tall.jpeg': await picture(30, 50, '#00ff00').jpeg().toBuffer(),
    }
    const { path, datasetsFolder } = await source(files)
    const dataset = await importDataset(path, imageOptions, { datasetsFolder })
    expect(dataset.sizes).toEqual([
      { width: 8, height: 8, count: 12 },
      { width: 30, height: 50, count: 1 },
      { width: 60, height: 40, count: 1 },
    ])
    expect(dataset.sampleShape).toEqual([3, 4, 4])
    const { size } = await readFile(join(datasetsFolder, dataset.id, 'inputs.bin')).then((all) => ({
      size: all.length,
    }))
    expect(size).toBe(14 * 48)
  })

  test('stores planes of colour, whatever the source: grey, palette, alpha, 16 bit, CMYK, turned by EXIF', async () => {
    const half = Buffer.from([255, 0, 0, 0, 0, 255]) // left red, right blue
    const turned = await sharp(half, { raw: { width: 2, height: 1, channels: 3 } })
      .resize(8, 8, { kernel: 'nearest', fit: 'fill' })
      .withMetadata({ orientation: 6 })
      .jpeg({ quality: 100, chromaSubsampling: '4:4:4' })
      .toBuffer()
    const sources: Record<string, { bytes: Buffer; top: number[]; bottom: number[] }> = {
      grey: {
        bytes: await picture(8, 8, '#808080').toColourspace('b-w').png().toBuffer(),
        top: [128, 128, 128],
        bottom: [128, 128, 128],
      },
      palette: {
        bytes: await picture(8, 8, '#ff0000').png({ palette: true }).toBuffer(),
        top: [255, 0, 0],
        bottom: [255, 0, 0],
      },
      alpha: {
        bytes: await sharp({
          create: { width: 8, height: 8, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } },
        })
          .png()
          .toBuffer(),
        top: [255, 255, 255],
        bottom: [255, 255, 255],
      },
      deep: {
        bytes: await picture(8, 8, '#204060').toColourspace('rgb16').png().toBuffer(),
        top: [32, 64, 96],
        bottom: [32, 64, 96],
      },
      cmyk: {
        bytes: await picture(8, 8, '#ffffff').toColourspace('cmyk').jpeg().toBuffer(),
        top: [255, 255, 255],
        bottom: [255, 255, 255],
      },
      turned: { bytes: turned, top: [255, 0, 0], bottom: [0, 0, 255] },
    }
    const { prepareImage } = await import('../images/codec.ts')
    const preparation = (channels: 1 | 3) => ({
      image: { ...imageOptions.image!, height: 2, width: 2, channels },
      buckets: [],
    })
    for (const [name, { bytes, top, bottom }] of Object.entries(sources)) {
      const { input } = await prepareImage(bytes, preparation(3))
      const pixel = (at: number): number[] => [input[at]!, input[4 + at]!, input[8 + at]!]
      for (const [channel, value] of [...pixel(0), ...pixel(3)].entries())
        expect(Math.abs(value - [...top, ...bottom][channel]!), `${name} channel ${channel}`).toBeLessThan(40)
      const grey = await prepareImage(bytes, preparation(1))
      expect(grey.input.length, name).toBe(4)
    }
  })

  test('sets unreadable files aside and lists them', async () => {
    const files = await pictures(['a', 'b'], 8)
    const whole = await picture(64, 64, '#777777').jpeg().toBuffer()
    const { path, datasetsFolder } = await source({
      ...files,
      'a/broken.png': files['a/0.png']!.subarray(0, 30),
      'a/cut.jpg': whole.subarray(0, whole.length - 60),
      'b/empty.png': '',
      'b/drawing.png': '<svg xmlns="http://www.w3.org/2000/svg"/>',
      'b/notes.txt': 'not counted',
      'nothing/notes.txt': 'no image here',
    })
    const dataset = await importDataset(path, imageOptions, { datasetsFolder })
    expect(dataset.trainCount + dataset.validationCount).toBe(16)
    expect(dataset.problemCount).toBe(5)
    const reasons = Object.fromEntries(
      dataset.problems.map((problem) => [problem.path.slice(path.length + 1), problem.reason]),
    )
    expect(Object.keys(reasons).toSorted()).toEqual([
      'a/broken.png',
      'a/cut.jpg',
      'b/drawing.png',
      'b/empty.png',
      'nothing',
    ])
    expect(reasons['b/empty.png']).toBe('the file is empty')
    expect(reasons['b/drawing.png']).toContain('SVG is not read')
    expect(reasons['nothing']).toContain('no image')
    for (const reason of Object.values(reasons)) expect(reason).not.toContain('\n')
  })

  test('reads a loop of symbolic links once', async () => {
    const { path } = await source(await pictures(['a', 'b'], 4))
    await symlink(join(path, 'a'), join(path, 'a', 'again'))
    await symlink(path, join(path, 'b', 'up'))
    expect((await inspect(path)).classes).toEqual(['a', 'b'].map((name) => ({ name, count: 4 })))
  })

  test('a link that leads outside, or nowhere, is set aside; one that stays inside is followed', async () => {
    const outside = await put(await temporaryFolder(), await pictures(['secret'], 3))
    const { path, datasetsFolder } = await source(await pictures(['a', 'b', 'more/c'], 6))
    await symlink(join(outside, 'secret'), join(path, 'secret'))
    await symlink(join(outside, 'secret', '0.png'), join(path, 'a', 'stranger.png'))
    await symlink(join(path, 'nowhere.png'), join(path, 'b', 'broken.png'))
    await symlink('loop.png', join(path, 'b', 'loop.png'))
    await symlink(join(path, 'more', 'c'), join(path, 'linked'))
    const guess = await inspect(path)
    expect(guess.classes.map(({ name, count }) => [name, count])).toEqual([
      ['a', 6],
      ['b', 6],
      ['linked', 6],
    ])
    const dataset = await importDataset(path, imageOptions, { datasetsFolder })
    const problems = dataset.problems.map((one) => [one.path.slice(path.length + 1), one.reason])
    expect(problems).toContainEqual(['secret', `the link leads outside ${path}`])
    expect(problems).toContainEqual(['a/stranger.png', `the link leads outside ${path}`])
    expect(problems).toContainEqual(['b/broken.png', 'the link leads nowhere'])
    expect(problems).toContainEqual(['b/loop.png', 'the link leads nowhere'])
  })

  test('finds classes that lie deeper, and images deep inside a class', async () => {
    const { path } = await source({
      ...(await pictures(['archive/photos/train/a', 'archive/photos/train/b'], 3)),
      ...(await pictures(['archive/photos/test/a/one/two/three', 'archive/photos/test/b'], 2)),
    })
    const guess = await inspect(path)
    expect(guess.classes).toEqual(['a', 'b'].map((name) => ({ name, count: 5 })))
    expect(guess.reasons).toContain('Everything is in archive/photos/.')
    expect(guess.givenSplit).toBe(true)
  })

  test('says what was converted', async () => {
    const files = await pictures(['a', 'b'], 8)
    const turned = (side: number) =>
      picture(side, 8, '#336699').withMetadata({ orientation: 6 }).jpeg().toBuffer()
    const { path, datasetsFolder } = await source({
      ...files,
      'a/turned.jpg': await turned(9),
      'b/turned.jpg': await turned(10),
      'b/cmyk.jpg': await picture(8, 8, '#336699').toColourspace('cmyk').jpeg().toBuffer(),
    })
    const dataset = await importDataset(path, imageOptions, { datasetsFolder })
    expect(dataset.notes).toContain('2 images turned by their EXIF orientation.')
    expect(dataset.notes).toContain('1 image CMYK, converted to RGB.')
  })

  test('stops where more than half of the images cannot be read, unless more may be set aside', async () => {
    const files: Record<string, string | Buffer> = await pictures(['a', 'b'], 8)
    for (let item = 0; item < 20; item += 1)
      files[`${item % 2 ? 'a' : 'b'}/broken ${item}.png`] = `text ${item}`
    const { path, datasetsFolder } = await source(files)
    const refused = await refusal(importDataset(path, imageOptions, { datasetsFolder }))
    expect(refused.code).toBe('data/set-aside')
    expect(refused.what).toContain('20 of 36 samples cannot be used (56 %), more than the 50 %')
    expect(refused.what).toContain('whatever its name says')
    const dataset = await importDataset(path, { ...imageOptions, mostSetAside: 0.6 }, { datasetsFolder })
    expect(dataset.problemCount).toBe(20)
  })

  test('refuses where the folder vanishes while it is read', async () => {
    const { path, datasetsFolder } = await source(await pictures(['a', 'b'], 40))
    const running = importDataset(path, imageOptions, {
      datasetsFolder,
      onProgress({ done, total, note }) {
        if (note === 'Reading images' && done === total) rmSync(path, { recursive: true })
      },
    })
    const { code, what } = await refusal(running)
    expect(code).toBe('data/nothing-readable')
    expect(what).toContain('there is no such file')
  })

  test.skipIf(process.getuid?.() === 0)('names what may not be read', async () => {
    const { path, datasetsFolder } = await source(await pictures(['a', 'b', 'locked'], 8))
    await chmod(join(path, 'a', '0.png'), 0)
    await chmod(join(path, 'locked'), 0)
    onTestFinished(() => chmod(join(path, 'locked'), 0o700))
    const dataset = await importDataset(path, imageOptions, { datasetsFolder })
    expect(dataset.problems).toContainEqual({ path: join(path, 'a', '0.png'), reason: 'permission denied' })
    expect(dataset.problems).toContainEqual({
      path: join(path, 'locked'),
      reason: 'this folder may not be read',
    })
  })

  test('proposes grey only when all are grey, and a common size', async () => {
    const files: Record<string, Buffer> = {}
    for (const [index, side] of [30, 41, 52, 64].entries())
      files[`${index % 2 ? 'a' : 'b'}/${side}.png`] = await picture(side, side, '#444444')
        .toColourspace('b-w')
        .png()
        .toBuffer()
    const { path } = await source(files)
    expect((await inspect(path)).options.image).toMatchObject({
      sizing: 'resize',
      height: 48,
      width: 48,
      channels: 1,
    })
    await put(path, { 'a/colour.png': await picture(50, 50, '#ff0000').png().toBuffer() })
    expect((await inspect(path)).options.image).toMatchObject({ height: 48, width: 48, channels: 3 })
  })
})

describe('images as large as they are', () => {
  const keep = (part: object): ImportOptions => ({
    ...imageOptions,
    image: { ...imageOptions.image!, sizing: 'keep', ...part },
  })
  const several = async (): Promise<Record<string, Buffer>> => ({
    ...(await pictures(['a', 'b'], 6, 8)),
    'a/wide.png': await picture(60, 20, '#ff0000').png().toBuffer(),
    'b/tall.png': await picture(21, 43, '#00ff00').png().toBuffer(),
    'b/large.jpg': await picture(400, 200, '#0000ff').jpeg().toBuffer(),
  })

  test.each([
    { options: {}, sizes: ['20x60', '43x21', '48x96', '8x8'] },
    { options: { longestSide: 30 }, sizes: ['10x30', '15x30', '30x15', '8x8'] },
    { options: { mostPadding: 0.2 }, sizes: ['20x60', '43x21', '48x96', '8x8'] },
    { options: { longestSide: 30, mostPadding: 0.35 }, sizes: ['15x30', '30x15', '8x8'] },
  ])('are stored one after another, $options', async ({ options, sizes }) => {
    const { path, datasetsFolder } = await source(await several())
    const dataset = await importDataset(path, keep(options), { datasetsFolder })
    expect(dataset.sampleShape).toEqual([3, 'H', 'W'])
    const folder = join(datasetsFolder, dataset.id)
    const places = new BigInt64Array(new Uint8Array(await readFile(join(folder, 'rows.bin'))).buffer)
    const rows = Array.from({ length: 15 }, (_, row) =>
      [...places.subarray(3 * row, 3 * row + 3)].map(Number),
    )
    expect([...new Set(rows.map(([, height, width]) => `${height}x${width}`))].sort()).toEqual(sizes)
    let end = 0
    for (const [begin, height, width] of rows) {
      expect(begin).toBe(end)
      end += 3 * height! * width!
    }
    expect((await readFile(join(folder, 'inputs.bin'))).length).toBe(end)
    const query = { split: null, classIndex: null, offset: 0, limit: 15 }
    const { items } = await preview(dataset, datasetsFolder, query)
    for (const [row, { image }] of items.entries()) {
      const { width, height } = await sharp(Buffer.from(image!.split(',')[1]!, 'base64')).metadata()
      expect([height, width]).toEqual(rows[row]!.slice(1))
    }
  })

  test('are proposed for photographs, padded to few sizes, and said how', async () => {
    const files: Record<string, Buffer> = {}
    for (let item = 0; item < 24; item += 1)
      files[`${item % 2 ? 'a' : 'b'}/${item}.jpg`] = await picture(
        300,
        180 + 5 * item,
        `rgb(${item}, 90, 30)`,
      )
        .jpeg()
        .toBuffer()
    const { path, datasetsFolder } = await source(files)
    const { options } = await inspect(path)
    expect(options.image).toMatchObject({ sizing: 'keep', longestSide: 160, mostPadding: 0.1 })
    const dataset = await importDataset(path, { ...options, validationShare: 0.3 }, { datasetsFolder })
    expect(dataset.buckets.length).toBeLessThan(8)
    const notes = dataset.notes.join(' ')
    expect(notes).toContain(`${dataset.buckets.length} sizes of 24 images`)
    expect(notes).toMatch(/\d\.\d % of the pixels are padding/)
  })

  test('are proposed where sizes repeat', async () => {
    const files: Record<string, Buffer> = {}
    for (let item = 0; item < 20; item += 1)
      files[`${item % 2 ? 'a' : 'b'}/${item}.png`] = await picture(20 + 4 * (item % 3), 24, '#0a0')
        .png()
        .toBuffer()
    const { path } = await source(files)
    const { options, reasons } = await inspect(path)
    expect(options.image).toMatchObject({ sizing: 'keep', longestSide: 96 })
    expect(reasons.join(' ')).toContain('each stays as large as it is')
  })
})

describe('refusing image folders', () => {
  const text = 'just words'
  test('nothing readable', async () => {
    const { path, datasetsFolder } = await source({
      'a/1.png': text,
      'b/2.png': text,
      'a/3.png': `${text}!`,
      'b/4.jpg': `${text}?`,
    })
    const refused = await refusal(
      importDataset(path, { ...imageOptions, validationShare: 0.5 }, { datasetsFolder }),
    )
    expect(['data/nothing-readable', 'data/empty-split']).toContain(refused.code)
  })

  test('no images, images without a class, an empty folder, one class', async () => {
    const none = await source({ 'a/1.doc': text, 'b/2.mp4': text })
    expect(await refusal(importDataset(none.path, imageOptions, none))).toMatchObject({
      code: 'data/no-images',
      what: expect.stringContaining('2 other files') as string,
    })
    expect((await refusal(inspect(none.path))).code).toBe('data/no-images')

    const loose = await source({ '1.png': await picture(4, 4, '#000').png().toBuffer(), '2.jpg': text })
    expect((await refusal(inspect(loose.path))).what).toContain('2 images lie directly')
    expect((await refusal(importDataset(loose.path, imageOptions, loose))).code).toBe('data/no-classes')

    const empty = await temporaryFolder()
    expect((await refusal(inspect(empty))).code).toBe('data/empty-folder')
    expect((await refusal(importDataset(empty, imageOptions, loose))).code).toBe('data/empty-folder')

    const one = await source(await pictures(['only'], 5))
    expect((await refusal(inspect(one.path))).what).toContain('only one class: only')
    expect((await refusal(importDataset(one.path, imageOptions, one))).code).toBe('data/one-class')
  })

  test('a class in validation that training has not', async () => {
    const { path } = await source({
      ...(await pictures(['train/a', 'train/b'], 2)),
      ...(await pictures(['val/a', 'val/wasps'], 1)),
    })
    expect(await refusal(inspect(path))).toMatchObject({
      code: 'data/class-mismatch',
      what: expect.stringContaining('wasps') as string,
    })
  })

  test('a share that leaves one side empty', async () => {
    const { path, datasetsFolder } = await source(await pictures(['a', 'b'], 1))
    const refused = await refusal(
      importDataset(path, { ...imageOptions, validationShare: 0.05 }, { datasetsFolder }),
    )
    expect(refused).toMatchObject({
      code: 'data/empty-split',
      what: expect.stringContaining('2 samples') as string,
    })
  })
})
