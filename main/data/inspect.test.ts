import { join } from 'node:path'
import { expect, test } from 'vitest'
import { UserError } from '../common/errors.ts'
import { guessSchema } from '../common/data/guess.ts'
import { idxBytes, idxPair, picture, pictures, put, refusal, temporaryFolder } from './fixtures.ts'
import { browse, inspect } from './index.ts'
import { refuseFileError } from './refuse.ts'

test('what is not understood is refused with what is', async () => {
  const folder = await put(await temporaryFolder(), {
    'film.mp4': 'x',
    'nothing.bin': '',
    'one.png': await picture(4, 4, '#000').png().toBuffer(),
    'digits.idx': idxBytes(0x803, [1, 2, 2], [1, 2, 3, 4]),
    'book.rtf': 'Once upon a time\nthere was\n',
    'photos.zip': Buffer.from('PK\x03\x04 and so on', 'latin1'),
    'photos.7z': Buffer.from('7z\xbc\xaf and so on', 'latin1'),
    'photos.tar.gz': Buffer.from('\x1f\x8b and so on', 'latin1'),
  })
  const expected = {
    'film.mp4': 'data/unknown-kind',
    'nothing.bin': 'data/unknown-kind',
    'one.png': 'data/one-image',
    'digits.idx': 'data/idx-name',
    'book.rtf': 'data/unknown-kind',
    'photos.zip': 'data/archive',
    'photos.7z': 'data/archive',
    'photos.tar.gz': 'data/archive',
    absent: 'data/missing',
  }
  for (const [name, code] of Object.entries(expected)) {
    const refused = await refusal(inspect(join(folder, name)))
    expect(refused.code, name).toBe(code)
    expect(refused.what, name).toContain(name)
  }
  expect((await refusal(inspect(join(folder, 'film.mp4')))).mend).toContain('MNIST IDX')
})

test('guesses satisfy the contract', async () => {
  const folder = await temporaryFolder()
  await put(join(folder, 'idx'), idxPair(10))
  await put(join(folder, 'images'), await pictures(['a', 'b'], 2))
  await put(folder, { 'text/t.tsv': 'ham\thello you\nspam\tbuy now\nham\tsee you\nspam\tbuy this\n' })
  for (const [name, kind] of [
    ['idx', 'idx'],
    ['images', 'image-folder'],
    ['text', 'text-classes'],
  ] as const) {
    const guess = guessSchema.parse(await inspect(join(folder, name)))
    expect(guess.options.kind).toBe(kind)
    expect(guess.reasons.length).toBeGreaterThan(0)
  }
})

test('lists a folder: folders first, natural order, hidden names left out', async () => {
  const folder = await put(await temporaryFolder(), {
    'b2/x': '',
    'b10/x': '',
    'a.txt': '',
    '.hidden': '',
    'A1.txt': '',
  })
  const listing = await browse(folder)
  expect(listing.entries.map((entry) => entry.name)).toEqual(['b2', 'b10', 'a.txt', 'A1.txt'])
  expect(listing.entries[0]).toEqual({ name: 'b2', path: join(folder, 'b2'), folder: true })
  expect((await browse(join(folder, 'b2'))).parent).toBe(folder)
  expect((await browse('/')).parent).toBeNull()
  expect((await browse(null)).path).not.toBe('')
  expect((await refusal(browse(join(folder, 'a.txt')))).code).toBe('data/not-folder')
  expect((await refusal(browse(join(folder, 'absent')))).code).toBe('data/missing')
})

test('system errors become refusals with the path', () => {
  const codes = {
    EACCES: 'data/unreadable',
    EPERM: 'data/unreadable',
    EROFS: 'data/read-only',
    ENOSPC: 'data/disk-full',
    ENOTDIR: 'data/not-folder',
  }
  for (const [code, expected] of Object.entries(codes))
    try {
      refuseFileError(Object.assign(new Error(code), { code }), '/some/where')
    } catch (error) {
      expect(error).toBeInstanceOf(UserError)
      expect(error).toMatchObject({ code: expected, what: expect.stringContaining('/some/where') as string })
    }
  const fault = new Error('fault')
  expect(() => refuseFileError(fault, '/some/where')).toThrow(fault)
})
