/** A small sound source of every kind; what is fuzzed is one of its files. */
import { gzipSync } from 'node:zlib'
import { zipSync } from 'fflate'
import sharp from 'sharp'
import { cifarBatch, npyBytes } from '../sources/made.ts'

export interface Seed {
  name: string
  /** By path relative to the source's folder. */
  files: Record<string, Buffer>
  /** Those of them that are damaged. */
  damaged: string[]
  /** What is opened: a path in the folder, or '' for the folder itself. */
  opened: string
  /** The `tokenizer.json` among the files that its texts are read by. */
  tokenizer?: string
}

const rows = Array.from({ length: 24 }, (_, row) => row)
const table = (join: string): Buffer =>
  Buffer.from(
    ['id', 'size', 'place', 'price']
      .join(join)
      .concat(
        '\n',
        rows.map((row) => [row, row * 1.5, ['a', 'b', 'c'][row % 3], 10 + row].join(join)).join('\n'),
      ),
  )
const texts = rows.map((row) => ({
  label: row % 2 ? 'good' : 'bad',
  text: `line ${row} says "${'word '.repeat(1 + (row % 4))}", then\nmore`,
}))
const lines = (word: string): Buffer => Buffer.from(rows.map((row) => `${word} ${row} times`).join('\n'))
const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`

function idx(magic: number, shape: readonly number[], values: Uint8Array): Buffer {
  const header = Buffer.alloc(4 + 4 * shape.length)
  header.writeUInt32BE(magic, 0)
  shape.forEach((size, axis) => header.writeUInt32BE(size, 4 + 4 * axis))
  return Buffer.concat([header, values])
}

const images = idx(
  0x803,
  [24, 3, 2],
  Uint8Array.from({ length: 144 }, (_, at) => (at * 37) & 255),
)
const labels = idx(
  0x801,
  [24],
  Uint8Array.from(rows, (row) => row % 3),
)
const idxFiles = { 'train-images-idx3-ubyte': images, 'train-labels-idx1-ubyte': labels }

async function picture(format: 'png' | 'jpeg' | 'webp' | 'gif' | 'tiff', shade: number): Promise<Buffer> {
  const image = sharp({
    create: { width: 9, height: 7, channels: 3, background: { r: shade, g: 90, b: 20 } },
  })
  return image.toFormat(format).toBuffer()
}

async function pictures(format: Parameters<typeof picture>[0]): Promise<Seed> {
  const files: Record<string, Buffer> = {}
  for (const row of rows.slice(0, 12))
    files[`${row % 2 ? 'cats' : 'dogs'}/${row}.${format}`] = await picture(format, 9 * row)
  return { name: `a folder of ${format}`, files, damaged: Object.keys(files).slice(2), opened: '' }
}

const arrays = {
  'images.npy': npyBytes('|u1', [24, 3, 2], images.subarray(16)),
  'labels.npy': npyBytes('<i2', [24], Buffer.from(Int16Array.from(rows, (row) => row % 3).buffer)),
}

const features = {
  'x_train.npy': npyBytes(
    '<f4',
    [24, 2],
    Buffer.from(Float32Array.from({ length: 48 }, (_, at) => at).buffer),
  ),
  'y_train.npy': arrays['labels.npy'],
}

/** Named in a list. */
async function listed(): Promise<Seed> {
  const { files } = await pictures('png')
  const list = Object.keys(files).map((path) => `${path},${path.split('/')[0]!}`)
  const text = Buffer.from(`path,label\n${list.join('\n')}\n`)
  return { name: 'a list', files: { ...files, 'list.csv': text }, damaged: ['list.csv'], opened: 'list.csv' }
}

const tokenizer = {
  version: '1.0',
  added_tokens: ['[UNK]', '[CLS]'].map((content, id) => ({ id, content, special: true })),
  normalizer: { type: 'Lowercase' },
  pre_tokenizer: { type: 'Whitespace' },
  post_processor: {
    type: 'TemplateProcessing',
    single: [{ SpecialToken: { id: '[CLS]', type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }],
    pair: [],
    special_tokens: { '[CLS]': { id: '[CLS]', ids: [1], tokens: ['[CLS]'] } },
  },
  decoder: { type: 'WordPiece', prefix: '##' },
  model: {
    type: 'WordPiece',
    unk_token: '[UNK]',
    continuing_subword_prefix: '##',
    max_input_chars_per_word: 100,
    vocab: { '[UNK]': 0, '[CLS]': 1, line: 2, says: 3, wo: 4, '##rd': 5, then: 6 },
  },
}

/** A folder per class, a file per text. */
function textFolder(): Seed {
  const files = Object.fromEntries(
    texts.map(({ label, text }, row) => [`${label}/${row}.txt`, Buffer.from(text)]),
  )
  return { name: 'a folder of texts', files, damaged: Object.keys(files).slice(4), opened: '' }
}

/** One file that is opened by itself. */
const single = (name: string, content: Buffer): Seed => ({
  name,
  files: { [name]: content },
  damaged: [name],
  opened: name,
})

export async function seeds(): Promise<Seed[]> {
  const { parquetWriteBuffer } = await import('hyparquet-writer')
  const column = (name: string, data: unknown[], type: 'STRING' | 'DOUBLE'): object => ({ name, data, type })
  const parquet = (columnData: object[]): Buffer =>
    Buffer.from(
      parquetWriteBuffer({
        columnData: columnData as Parameters<typeof parquetWriteBuffer>[0]['columnData'],
        rowGroupSize: 10,
      }),
    )
  const csv = Buffer.from(
    `label,text\n${texts.map(({ label, text }) => `${label},${quoted(text)}`).join('\n')}\n`,
  )
  return [
    { name: 'IDX images', files: idxFiles, damaged: ['train-images-idx3-ubyte'], opened: '' },
    { name: 'IDX labels', files: idxFiles, damaged: ['train-labels-idx1-ubyte'], opened: '' },
    {
      name: 'gzip IDX',
      files: {
        'train-images-idx3-ubyte.gz': gzipSync(images),
        'train-labels-idx1-ubyte.gz': gzipSync(labels),
      },
      damaged: ['train-images-idx3-ubyte.gz'],
      opened: '',
    },
    {
      name: 'CIFAR',
      files: { 'data_batch_1.bin': cifarBatch(12), 'batches.meta.txt': Buffer.from('cat\ndog\nship\n') },
      damaged: ['data_batch_1.bin'],
      opened: '',
    },
    {
      name: 'names of CIFAR',
      files: { 'data_batch_1.bin': cifarBatch(12), 'batches.meta.txt': Buffer.from('cat\ndog\nship\n') },
      damaged: ['batches.meta.txt'],
      opened: '',
    },
    { name: 'NPY images', files: arrays, damaged: ['images.npy'], opened: '' },
    { name: 'NPY labels', files: arrays, damaged: ['labels.npy'], opened: '' },
    single('arrays.npz', Buffer.from(zipSync(arrays))),
    single('features.npz', Buffer.from(zipSync(features, { level: 0 }))),
    await listed(),
    ...(await Promise.all((['png', 'jpeg', 'webp', 'gif', 'tiff'] as const).map(pictures))),
    single('table.csv', table(',')),
    single('table.tsv', table('\t')),
    single(
      'table.parquet',
      parquet([
        column(
          'size',
          rows.map((row) => row * 1.5),
          'DOUBLE',
        ),
        column(
          'place',
          rows.map((row) => `place ${row % 3}`),
          'STRING',
        ),
        column(
          'price',
          rows.map((row) => 10 + row),
          'DOUBLE',
        ),
      ]),
    ),
    single('texts.csv', csv),
    single('texts.csv.gz', gzipSync(csv)),
    single(
      'texts.tsv',
      Buffer.from(texts.map(({ label, text }) => `${label}\t${text.replace('\n', ' ')}`).join('\n')),
    ),
    single('texts.jsonl', Buffer.from(texts.map((row) => JSON.stringify(row)).join('\n'))),
    single(
      'texts.parquet',
      parquet([
        column(
          'label',
          texts.map(({ label }) => label),
          'STRING',
        ),
        column(
          'text',
          texts.map(({ text }) => text),
          'STRING',
        ),
      ]),
    ),
    {
      name: 'tokenizer.json',
      files: { 'texts.csv': csv, 'tokenizer.json': Buffer.from(JSON.stringify(tokenizer)) },
      damaged: ['tokenizer.json'],
      opened: 'texts.csv',
      tokenizer: 'tokenizer.json',
    },
    textFolder(),
    {
      name: 'a file per class',
      files: {
        'good.txt': lines('good'),
        'bad.txt': lines('bad'),
      },
      damaged: ['bad.txt'],
      opened: '',
    },
    single('story.txt', Buffer.from('Once upon a time there was a tape. It was long. '.repeat(400))),
  ]
}
