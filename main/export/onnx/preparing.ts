/** Python that makes a sample as training made its own. */
import type { ExportedRun } from '../pytorch/project.ts'
import type { About } from './about.ts'

interface Preparing {
  /** Packages beside numpy and onnxruntime. */
  packages: readonly string[]
  /** Ends with `inputs`, by name. */
  python: string
}

export function preparing({ dataset }: ExportedRun, about: About): Preparing {
  const { preparation, inputs } = about
  const { text, image } = dataset.options
  if (text?.representation === 'tokens') return tokens(text.tokenizer, 'lengths' in inputs)
  if (text) return bag
  if (preparation.columns) return table
  return dataset.sampleShape.length === 3 ? picture(dataset.sampleShape, image?.sizing ?? 'resize') : values
}

const open = `
about = json.load(open("model.json"))
preparation = about["preparation"]
`
const vocabulary = `vocabulary = json.load(open("vocabulary.json"))
`
const normalised = (form: string): string => `
mean, std = (np.asarray(preparation[key], np.float32)${form} for key in ("mean", "std"))
inputs = {"input": (values - mean) / std}
`

const values: Preparing = {
  packages: [],
  python: `${open}
# The values of a sample, in the order in which the data set has them.
values = np.zeros([1, *about["inputs"]["input"]["shape"][1:]], np.float32)${normalised('')}`,
}

function picture([channels, height, width]: readonly (number | string)[], sizing: string): Preparing {
  const fixed = typeof height === 'number' && typeof width === 'number'
  const size = fixed && sizing === 'resize' ? `.resize((${width}, ${height}), Image.LANCZOS)` : ''
  const more =
    fixed && sizing !== 'resize' ? `\n# Bring it to ${width} x ${height} as said above (“${sizing}”).` : ''
  return {
    packages: ['pillow'],
    python: `from PIL import Image
${open}${more}
image = Image.open("picture.png").convert("${channels === 1 ? 'L' : 'RGB'}")${size}
values = np.asarray(image, np.float32).reshape(1, image.height, image.width, ${channels}).transpose(0, 3, 1, 2)${normalised('.reshape(-1, 1, 1)')}`,
  }
}

const table: Preparing = {
  packages: [],
  python: `${open}
# A row by the names of its columns; "quantile" scaling is described in model.json.
row = {column["name"]: None for column in preparation["columns"]}


def features(column, cell):
    if column["kind"] == "category":
        place = column["categories"].index(cell) if cell in column["categories"] else -1
        if column["as"] == "codes":
            return [place + 1]
        return [float(i == place) for i in range(len(column["categories"]))]
    missing = cell is None
    value = (column["mean"] if column["fill"] is None else column["fill"]) if missing else float(cell)
    if column["scaling"] == "standard":
        value = (value - column["mean"]) / column["std"]
    return [value, float(missing)] if column["indicator"] else [value]


parts = [features(column, row[column["name"]]) for column in preparation["columns"]]
values = np.asarray([[number for part in parts for number in part]], np.float32)${normalised('')}`,
}

const bag: Preparing = {
  packages: ['regex'],
  python: `import regex
${open}${vocabulary}
text = "Some words to look at."
words = regex.findall(
    r"[\\p{L}\\p{M}\\p{N}]+(?:['’]\\p{L}+)*",
    regex.sub(r"([\\p{Han}\\p{Hiragana}\\p{Katakana}])", r" \\1 ", text.lower()),
)
values = np.asarray([[min(words.count(word), 255) for word in vocabulary]], np.float32)${normalised('')}`,
}

function tokens(tokenizer: string, ragged: boolean): Preparing {
  const file = tokenizer === 'bpe' || tokenizer === 'file'
  const split: Record<string, string> = {
    character: 'tokens = list(text)',
    byte: 'tokens = [f"{byte:02x}" for byte in text.encode()]',
    word: `tokens = regex.findall(
    r"[\\p{L}\\p{M}\\p{N}]+(?:['’]\\p{L}+)*|[^\\s\\p{L}\\p{M}\\p{N}]",
    regex.sub(r"([\\p{Han}\\p{Hiragana}\\p{Katakana}])", r" \\1 ", text.lower()),
)`,
  }
  const ours = tokenizer === 'file' ? 'ids = [preparation["tokenizerIds"][id] for id in ids]\n' : ''
  const ids = file
    ? `ids = Tokenizer.from_file("tokenizer.json").encode(text).ids\n${ours}`
    : `${split[tokenizer] ?? ''}
# 0 is padding, 1 a token that training has not seen.
known = {token: id for id, token in enumerate(vocabulary) if id > 1}
ids = [known.get(token, 1) for token in tokens]
`
  const imported = file ? 'from tokenizers import Tokenizer\n' : tokenizer === 'word' ? 'import regex\n' : ''
  return {
    packages: file ? ['tokenizers'] : tokenizer === 'word' ? ['regex'] : [],
    python: `${imported}${open}${vocabulary}
text = "Some words to look at."
${ids}inputs = {"input": np.asarray([ids], np.int64)${ragged ? ', "lengths": np.asarray([len(ids)], np.int64)' : ''}}
`,
  }
}
