/** The tokens whose vectors point most nearly the same way as another's. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { UserError } from '../../common/errors.ts'
import type { Neighbours, NeighboursQuery, WeightView } from '../../common/health/weights.ts'
import { noGrad, type Tensor } from '../../engine/index.ts'
import { withWeight, type Running, type WeightSource } from './source.ts'

export interface NeighboursAsked extends Pick<NeighboursQuery, 'token' | 'most'> {
  source: WeightSource
  view: WeightView & { kind: 'embedding' }
  /** Folder of the data set that has the tokens' names. */
  datasetFolder: string
}

/** Tokens offered beside the one that was found. */
const mostOthers = 8
/** Ids below are padding and what is unknown: they are nobody's neighbours. */
const firstToken = 2

/** @throws UserError `weights/vocabulary`, and what `withWeight` may refuse */
export function neighbours(asked: NeighboursAsked, running: Running | null): Neighbours {
  const { source, view, datasetFolder, token, most } = asked
  const names = vocabulary(datasetFolder).slice(0, view.tokens)
  const found = matching(names, token ?? '')
  const [best, ...others] = found.map((id) => ({ id, text: names[id] ?? '' }))
  return withWeight(source, running, view.weight, (weight, step) =>
    noGrad(() => {
      if (!best) return { step, token: null, others: [], nearest: [] }
      const norms = numbers(weight.square().sum(1).sqrt())
      const products = numbers(weight.matmul(weight.narrow(0, best.id, 1).transpose(0, 1)))
      const norm = norms[best.id] ?? 0
      const nearest = names
        .map((text, id) => ({ id, text, similarity: (products[id] ?? 0) / ((norms[id] ?? 0) * norm || 1) }))
        .filter(({ id }) => id >= firstToken && id !== best.id && (norms[id] ?? 0) > 0)
        .sort((a, b) => b.similarity - a.similarity)
        .slice(0, most)
      return { step, token: { ...best, norm }, others, nearest }
    }),
  )
}

/** Ids of tokens: the very one first, then those that differ in case only, then those that begin so. */
function matching(names: readonly string[], typed: string): number[] {
  const small = typed.toLowerCase()
  const rank = (name: string): number => {
    if (name === typed || name === `Ġ${typed}` || name === ` ${typed}`) return 0
    const lower = name.toLowerCase()
    if (lower === small) return 1
    return lower.startsWith(small) || lower.trimStart().startsWith(small) ? 2 : 3
  }
  const ranks = [0, 1, 2].map((): number[] => [])
  for (let id = firstToken; id < names.length; id++) ranks[rank(names[id] as string)]?.push(id)
  return ranks.flat().slice(0, 1 + mostOthers)
}

let read: { folder: string; names: string[] } | null = null

function vocabulary(folder: string): string[] {
  if (read?.folder === folder) return read.names
  try {
    const names = JSON.parse(readFileSync(join(folder, 'vocabulary.json'), 'utf8')) as string[]
    read = { folder, names }
    return names
  } catch (cause) {
    throw new UserError({
      code: 'weights/vocabulary',
      what: `The names of the tokens cannot be read (${cause instanceof Error ? cause.message : String(cause)}).`,
      mend: 'They are part of the data set; import it again to look at its tokens.',
    })
  }
}

const numbers = (values: Tensor): number[] => Array.from(values.toTypedArray() as Float32Array)
