/** Arrays of a file matched to the weights of a model: by name and shape, else by ending, else by order. */

export interface Sized {
  name: string
  shape: readonly number[]
}

export interface Match {
  /** Weight of the model. */
  key: string
  /** Array of the file. */
  name: string
  /** Rows and columns of the file are columns and rows here. */
  transposed: boolean
  by: 'name' | 'ending' | 'order'
}

export interface Matching {
  matches: Match[]
  /** Weights that no array fits. */
  missing: string[]
  /** Arrays with the name of a weight, but another shape. */
  wrong: { key: string; name: string; has: readonly number[]; wants: readonly number[] }[]
  /** Arrays that belong to no weight. */
  unused: string[]
  /** What stood in front of names that were found by it, in the order that they were found in. */
  prefixes: string[]
}

/** What wrappers of PyTorch put in front of every name. */
const wrappers = /^(module\.|_orig_mod\.|model\.|state_dict\.)+/

/**
 * @param weights of the model, in running order
 * @param others another name of a weight: that in an exported project
 * @param arrays of the file, in its order; an optimizer's counters are left out
 */
export function matchWeights(
  weights: readonly Sized[],
  others: ReadonlyMap<string, string>,
  arrays: readonly Sized[],
): Matching {
  const left = new Map(
    arrays.filter(({ name }) => !name.endsWith('num_batches_tracked')).map((array) => [array.name, array]),
  )
  const plain = new Map([...left.keys()].map((name) => [name.replace(wrappers, ''), name]))
  const prefixes = new Set<string>()
  const matching: Matching = { matches: [], missing: [], wrong: [], unused: [], prefixes: [] }
  const open: Sized[] = []
  const take = (weight: Sized, name: string, by: Match['by']): void => {
    const found = left.get(name) as Sized
    left.delete(name)
    const fit = fits(weight.shape, found.shape)
    if (fit === null) matching.wrong.push({ key: weight.name, name, has: found.shape, wants: weight.shape })
    else matching.matches.push({ key: weight.name, name, transposed: fit === 'transposed', by })
  }
  for (const weight of weights) {
    const names = [weight.name, others.get(weight.name) ?? weight.name]
    const name = [...names, ...names.map((one) => plain.get(one))].find((one) => one !== undefined && left.has(one)) // prettier-ignore
    if (name === undefined) {
      open.push(weight)
      continue
    }
    take(weight, name, 'name')
    const [prefix = ''] = wrappers.exec(name) ?? []
    if (!names.includes(name)) prefixes.add(prefix)
  }
  const open2 = open.filter((weight) => {
    const name = byEnding(weight.name, [...left.keys()])
    if (name === null) return true
    take(weight, name, 'ending')
    return false
  })
  for (const weight of open2) {
    const name = [...left].find(([one]) => lastPart(one) === lastPart(weight.name))?.[0]
    // The first of what is left that is called alike; where it does not fit, the order of the two is not the same.
    if (name === undefined || fits(weight.shape, left.get(name)?.shape ?? []) === null)
      matching.missing.push(weight.name)
    else take(weight, name, 'order')
  }
  matching.unused = [...left.keys()]
  matching.prefixes = [...prefixes]
  return matching
}

/** The only array whose name ends as the weight's, or that the weight's name ends as. */
function byEnding(key: string, names: readonly string[]): string | null {
  const found = names.filter((name) => name.endsWith(`.${key}`) || key.endsWith(`.${name}`))
  return found.length === 1 ? (found[0] ?? null) : null
}

const lastPart = (name: string): string => name.slice(name.lastIndexOf('.') + 1)

function fits(wants: readonly number[], has: readonly number[]): 'as it is' | 'transposed' | null {
  if (wants.join() === has.join()) return 'as it is'
  return wants.length === 2 && wants.join() === [...has].reverse().join() ? 'transposed' : null
}

/** What came of it, in a sentence. */
export function matchingWords({ matches, missing, wrong, unused, prefixes }: Matching): string {
  const of = matches.length + missing.length + wrong.length
  const transposed = matches.filter((match) => match.transposed).length
  const ordered = matches.filter(({ by }) => by === 'order').length
  const parts = [
    `${matches.length} of ${of} weights were read`,
    prefixes.length > 0 && `names begin with ${prefixes.join(' or ')} there`,
    ordered > 0 && `${ordered} of them by their order`,
    transposed > 0 && `${transposed} transposed`,
    wrong.length > 0 &&
      `another shape: ${some(wrong.map(({ key, has, wants }) => `${key} (${has.join(' x ')} for ${wants.join(' x ')})`))}`,
    missing.length > 0 && `not in the file: ${some(missing)}`,
    unused.length > 0 && `not in the model: ${some(unused)}`,
  ]
  return `${parts.filter(Boolean).join('; ')}.`
}

const some = (names: readonly string[]): string =>
  names.length > 4 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ')
