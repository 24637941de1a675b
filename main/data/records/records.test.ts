import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { describe, expect, test } from 'vitest'
import { isAlive } from '../alive.ts'
import { put, refusal, temporaryFolder } from '../fixtures.ts'
import { openRecords, recordsFormat } from './index.ts'
import type { RecordRow, Records, RecordsOptions } from './index.ts'
import { openParquet } from './parquet.ts'

type Content = string | Uint8Array

async function opened(
  name: string,
  content: Content,
  options: RecordsOptions = {},
): Promise<{ records: Records; rows: RecordRow[] }> {
  const folder = await put(await temporaryFolder(), { [name]: content })
  const records = await openRecords(join(folder, name), options)
  const rows: RecordRow[] = []
  for await (const row of records.rows()) rows.push(row)
  return { records, rows }
}

const cells = (rows: readonly RecordRow[]): (string | null)[][] => rows.map((row) => row.cells)
const utf16 = (text: string, bigEndian = false): Buffer => {
  const bytes = Buffer.from(`\ufeff${text}`, 'utf16le')
  return bigEndian ? bytes.swap16() : bytes
}
const parquet = (
  columnData: Parameters<typeof parquetWriteBuffer>[0]['columnData'],
  rowGroupSize = 100,
): Uint8Array => new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize }))

describe('delimited text', () => {
  test.each<[string, string, Content, string[], (string | null)[][]]>([
    [
      'commas',
      'a.csv',
      'label,text\nx,"a, b"\ny,c\n',
      ['label', 'text'],
      [
        ['x', 'a, b'],
        ['y', 'c'],
      ],
    ],
    [
      'semicolons',
      'a.csv',
      'label;text\nx;a, b, c\ny;d, e\n',
      ['label', 'text'],
      [
        ['x', 'a, b, c'],
        ['y', 'd, e'],
      ],
    ],
    ['tabs in a .csv', 'a.csv', 'label\ttext\nx\ta,b\n', ['label', 'text'], [['x', 'a,b']]],
    [
      'bars',
      'a.csv',
      'label|text\nx|a\ny|b\n',
      ['label', 'text'],
      [
        ['x', 'a'],
        ['y', 'b'],
      ],
    ],
    [
      'newlines and quotes in quotes',
      'a.csv',
      'label,text\nx,"a\n""b"""\n',
      ['label', 'text'],
      [['x', 'a\n"b"']],
    ],
    ['CRLF and a byte order mark', 'a.csv', '\ufefflabel,text\r\nx,a\r\n', ['label', 'text'], [['x', 'a']]],
    [
      'a header that ends otherwise than its rows',
      'a.csv',
      'label,text\r\nx,a\ny,b\n',
      ['label', 'text'],
      [
        ['x', 'a'],
        ['y', 'b'],
      ],
    ],
    [
      'lone returns',
      'a.csv',
      'label,text\rx,a\ry,b\r',
      ['label', 'text'],
      [
        ['x', 'a'],
        ['y', 'b'],
      ],
    ],
    [
      'quotes in a TSV',
      'a.tsv',
      'x\t"never closed\ny\t"whole ""cell"""\n',
      ['column 1', 'column 2'],
      [
        ['x', '"never closed'],
        ['y', 'whole "cell"'],
      ],
    ],
    ['empty rows', 'a.csv', 'label,text\n\n\nx,a\n\n', ['label', 'text'], [['x', 'a']]],
    ['one row', 'a.csv', '1,2', ['column 1', 'column 2'], [['1', '2']]],
    ['one column', 'a.csv', 'text\nx\ny\n', ['text'], [['x'], ['y']]],
    ['UTF-16', 'a.csv', utf16('label,text\nx,é\n'), ['label', 'text'], [['x', 'é']]],
    ['UTF-16, big end first', 'a.csv', utf16('label,text\nx,é😀\n', true), ['label', 'text'], [['x', 'é😀']]],
    ['gzip', 'a.csv.gz', gzipSync('label,text\nx,a\n'), ['label', 'text'], [['x', 'a']]],
  ])('%s', async (_, name, content, columns, expected) => {
    const { records, rows } = await opened(name, content)
    expect(records.columns).toEqual(columns)
    expect(cells(rows)).toEqual(expected)
    expect(rows.every(({ problem }) => problem === null)).toBe(true)
    expect(records).toMatchObject({ approximateRows: expected.length, exact: true, sample: expected })
  })

  test.each<[boolean, string]>([
    [true, 'sepal,petal\n1.5,2\n3,4\n'],
    [true, 'mood,words\nhappy,hello there\nsad,go away\nhappy,hi\nsad,leave\n'],
    [false, 'ham\thello\nspam\tbuy\nham\tgood day\nspam\tbuy more\n'],
    [false, '5.1,2,a\n4,3,b\n'],
    [false, 'one,two\nthree,four\n'],
    [true, 'id,text\none,two\n'],
  ])('is said to have a header (%s): %j', async (header, content) => {
    const { records } = await opened(content.includes('\t') ? 'a.tsv' : 'a.csv', content)
    expect(records.header).toBe(header)
    expect(records.reasons.join(' ')).toContain(header ? 'names the columns' : 'is data')
    const other = await opened(content.includes('\t') ? 'a.tsv' : 'a.csv', content, { header: !header })
    expect(other.rows).toHaveLength(records.approximateRows + (header ? 1 : -1))
  })

  test('names that repeat or are missing are told apart', async () => {
    const { records } = await opened('a.csv', ',a,a\n1,2,3\n', { header: true })
    expect(records.columns).toEqual(['column 1', 'a', 'a (2)'])
  })

  test('rows that do not fit are named and kept apart', async () => {
    const latin = Buffer.from('label,text\nx,a\nx\ny,a,b\ny,caf\xe9\n\nz,\0\nx,last\n', 'latin1')
    const { rows } = await opened('a.csv', latin)
    expect(rows.map(({ number, problem }) => [number, problem])).toEqual([
      [2, null],
      [3, '1 of 2 columns'],
      [4, '3 of 2 columns'],
      [5, 'not UTF-8'],
      [7, 'it has a zero byte'],
      [8, null],
    ])
  })

  test('a part of a file is read without the row that is cut', async () => {
    const content = `label,text\n${'x,"some, text"\n'.repeat(100)}`
    const { records, rows } = await opened('a.csv', content, { bytes: 61 })
    expect(cells(rows)).toEqual(Array.from({ length: 3 }, () => ['x', 'some, text']))
    expect(records.exact).toBe(false)
    expect(records.approximateRows).toBeGreaterThan(90)
    expect(records.approximateRows).toBeLessThan(130)
    expect((await opened('a.csv', content, { rows: 7 })).rows).toHaveLength(7)
  })

  test('a long file is projected, and leaving early closes it', async () => {
    const content = `label,text\n${Array.from({ length: 20_000 }, (_, row) => `x,row ${row}`).join('\n')}\n`
    const { records, rows } = await opened('a.csv', content)
    expect(rows).toHaveLength(20_000)
    expect(records.approximateRows).toBeGreaterThan(18_000)
    expect(records.approximateRows).toBeLessThan(24_000)
    for await (const { number } of records.rows()) if (number === 5000) break
    let again = 0
    for await (const row of records.rows()) again += row.cells.length
    expect(again).toBe(40_000)
  })

  test.each<[string, string, Content, string, string]>([
    ['no rows', 'a.csv', '\n\n', 'data/table-empty', 'no rows'],
    ['an open quote', 'a.csv', 'label,text\nx,a\ny,"open\nz,b\n', 'data/table-quote', 'Row 3 of a.csv'],
    [
      'a row without end',
      'a.csv',
      `label,text\nx,"${'a'.repeat(5 << 20)}`,
      'data/table-quote',
      'Row 2 of a.csv is longer than 4 MB',
    ],
    [
      'Latin-1',
      'a.csv',
      Buffer.from(`label,text\n${'x,caf\xe9 au lait\n'.repeat(20)}`, 'latin1'),
      'data/encoding',
      'Windows-1252',
    ],
    [
      'GB18030',
      'a.csv',
      Buffer.concat([
        Buffer.from('label,text\n'),
        ...Array.from({ length: 20 }, () => Buffer.from([0x78, 0x2c, 0xc4, 0xe3, 0xba, 0xc3, 0x0a])),
      ]),
      'data/encoding',
      'GB18030',
    ],
    [
      'UTF-16 without a mark',
      'a.csv',
      Buffer.from('label,text\nx,a\n', 'utf16le'),
      'data/encoding',
      'UTF-16 without',
    ],
    ['binary', 'a.csv', Buffer.from('ham\0\0\0'), 'data/encoding', 'zero byte at 3'],
    ['cut gzip', 'a.csv.gz', gzipSync('label,text\n'.repeat(500)).subarray(0, 30), 'data/gzip', 'ends early'],
    ['too many columns', 'a.csv', `${'a,'.repeat(10_001)}\n`, 'data/table-columns', '10,002 columns'],
  ])('refuses %s', async (_, name, content, code, says) => {
    const refused = await refusal(opened(name, content))
    expect(refused.code).toBe(code)
    expect(refused.what).toContain(says)
  })

  test('Latin-1 that begins late is refused when it is seen', async () => {
    const content = `label,text\n${'x,plain text here\n'.repeat(6000)}${'x,caf\xe9\n'.repeat(4000)}`
    const refused = await refusal(opened('a.csv', Buffer.from(content, 'latin1')))
    expect(refused.code).toBe('data/encoding')
  })
})

describe('JSON lines', () => {
  test('objects: keys are columns in the order met, values are text', async () => {
    const { records, rows } = await opened(
      'a.jsonl',
      '{"text":"a\\nb","label":1}\r\n\n{"label":true,"text":null,"more":{"x":[1]}}\n{"__proto__":"y","text":"c"}',
    )
    expect(records).toMatchObject({
      columns: ['text', 'label', 'more', '__proto__'],
      header: true,
      exact: true,
    })
    expect(cells(rows)).toEqual([
      ['a\nb', '1', null, null],
      [null, 'true', '{"x":[1]}', null],
      ['c', null, null, 'y'],
    ])
    expect(rows.map(({ number }) => number)).toEqual([1, 3, 4])
  })

  test('arrays of values', async () => {
    const { records, rows } = await opened('a.ndjson.gz', gzipSync('["x","a"]\n["y","b"]\n["z"]\n'))
    expect(records).toMatchObject({ columns: ['column 1', 'column 2'], header: false })
    expect(rows.map(({ problem }) => problem)).toEqual([null, null, '1 of 2 columns'])
  })

  test('a bad line is named', async () => {
    const good = '{"a":"1"}\n'
    const lines = Buffer.concat([
      Buffer.from(`${good}${good}{"a":\n[1]\n"x"\n${good}`),
      Buffer.from([0x7b, 0xe9, 0x7d, 0x0a]),
      Buffer.from(
        `{"a":"${'x'.repeat(5 << 20)}"}\n{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}\n${good.repeat(9)}`,
      ),
    ])
    const { rows } = await opened('a.jsonl', lines)
    expect(rows.filter(({ problem }) => problem).map(({ number, problem }) => [number, problem])).toEqual([
      [3, 'not JSON'],
      [4, 'an array, where the others are objects'],
      [5, 'no object, but a single value'],
      [7, 'not UTF-8'],
      [8, 'longer than 4 MB'],
      [9, 'nested too deeply'],
    ])
  })

  test.each<[string, string, string, string]>([
    ['no lines', '\n', 'data/table-empty', 'no rows'],
    ['an array over many lines', '[\n{"a":1},\n{"a":2}\n]\n', 'data/json-lines', 'line 1: not JSON'],
  ])('refuses %s', async (_, content, code, says) => {
    const refused = await refusal(opened('a.jsonl', content))
    expect(refused.code).toBe(code)
    expect(refused.what).toContain(says)
    expect(refused.mend).toBeTruthy()
  })
})

describe('Parquet', () => {
  const columnData = [
    {
      name: 'text',
      data: Array.from({ length: 250 }, (_, row) => (row === 3 ? null : `text ${row}`)),
      type: 'STRING' as const,
    },
    { name: 'label', data: Array.from({ length: 250 }, (_, row) => row % 3), type: 'INT32' as const },
    { name: 'good', data: Array.from({ length: 250 }, (_, row) => row % 2 === 0), type: 'BOOLEAN' as const },
    {
      name: 'when',
      data: Array.from({ length: 250 }, () => new Date('2026-01-02T03:04:05Z')),
      type: 'TIMESTAMP' as const,
    },
  ]

  test('strings, numbers, truth values and dates, group by group', async () => {
    const { records, rows } = await opened('a.parquet', parquet(columnData))
    expect(records).toMatchObject({
      columns: ['text', 'label', 'good', 'when'],
      approximateRows: 250,
      exact: true,
    })
    expect(records.reasons).toEqual(['a.parquet is Parquet: 250 rows in 3 row groups.'])
    expect(records.sample).toHaveLength(250)
    expect(rows).toHaveLength(250)
    expect(rows[3]!.cells).toEqual([null, '0', 'false', '2026-01-02T03:04:05.000Z'])
    expect(rows[249]).toEqual({
      number: 250,
      cells: ['text 249', '0', 'false', '2026-01-02T03:04:05.000Z'],
      problem: null,
    })
  })

  test('only some columns and rows; leaving early ends the reader', async () => {
    const { records, rows } = await opened('a.parquet', parquet(columnData), { only: ['label'], rows: 120 })
    expect(cells(rows)).toEqual(Array.from({ length: 120 }, (_, row) => [null, String(row % 3), null, null]))
    for await (const { number } of records.rows()) if (number === 2) break
  })

  test.each<[string, (whole: Uint8Array) => Uint8Array, string]>([
    ['another file', () => Buffer.from('label,text\n'), 'does not begin with PAR1'],
    ['one cut in the middle', (whole) => whole.subarray(0, whole.length / 2), 'cannot be read as Parquet'],
    [
      'one with a damaged footer',
      (whole) => whole.with(whole.length - 60, 0xff).with(whole.length - 61, 0xff),
      'cannot be read as Parquet',
    ],
    ['an empty table', () => parquet([{ name: 'a', data: [], type: 'INT32' }]), 'no rows'],
  ])('refuses %s', async (_, damage, says) => {
    const refused = await refusal(opened('a.parquet', damage(parquet(columnData))))
    expect(refused.what).toContain(says)
  })

  describe('damage that sends the decoder round in circles', () => {
    const data = Array.from({ length: 40 }, (_, row) => `${row % 2}`)
    const sound = parquet([{ name: 'a', data, type: 'STRING' }])
    /** The first data page's header no longer says how long the page is. */
    const endless = sound.with(36, 0x05)

    test('is given up', async () => {
      const limits = { header: null, bytes: Infinity, rows: Infinity, only: null }
      const path = join(await temporaryFolder(), 'a.parquet')
      await writeFile(path, sound)
      expect((await openParquet(path, limits, 3000)).sample).toHaveLength(40)
      await writeFile(path, endless)
      const refused = await refusal(openParquet(path, limits, 3000))
      expect(refused.what).toContain('decoding one page of it takes more than 3 seconds')
    })

    test('does not outlive the process that asked, killed as it may be', async () => {
      const path = join(await temporaryFolder(), 'a.parquet')
      await writeFile(path, endless)
      const reader = join(import.meta.dirname, 'parquetProcess.ts')
      const ask = `${JSON.stringify({ path, only: null, rows: null })}\n`
      const asking = `
        const reader = require('node:child_process').spawn(process.execPath, [${JSON.stringify(reader)}])
        reader.stdin.write(${JSON.stringify(ask)})
        reader.stdout.once('data', () => console.log(reader.pid))`
      const asker = spawn(process.execPath, ['-e', asking], { stdio: ['ignore', 'pipe', 'inherit'] })
      const [said] = (await once(asker.stdout, 'data')) as [Buffer]
      const decoder = Number(said.toString())
      expect(isAlive(decoder)).toBe(true)
      asker.kill('SIGKILL')
      await expect.poll(() => isAlive(decoder), { timeout: 10_000 }).toBe(false)
    })
  })

  test('a folder that vanishes is refused in words', async () => {
    const folder = await temporaryFolder()
    expect((await refusal(openRecords(join(folder, 'gone', 'a.csv')))).code).toBe('data/missing')
    await writeFile(join(folder, 'a.parquet'), parquet(columnData))
    expect((await openRecords(join(folder, 'a.parquet'))).columns).toHaveLength(4)
  })
})

test('formats go by name', () => {
  expect(['a.CSV', 'b.tsv.gz', 'c.jsonl', 'd.parquet', 'd.parquet.gz', 'e.txt'].map(recordsFormat)).toEqual([
    'delimited',
    'delimited',
    'json-lines',
    'parquet',
    null,
    null,
  ])
})
