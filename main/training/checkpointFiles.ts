/** The files of a checkpoint by the path of its weights. Imports no engine: the main thread needs them too. */
import { statSync } from 'node:fs'

export const stateFile = (path: string): string => path.replace(/\.safetensors$/, '.state.safetensors')
export const sidecarFile = (path: string): string => path.replace(/\.safetensors$/, '.json')

/** All three, what the others are described by last. */
export const filesOf = (path: string): [weights: string, state: string, sidecar: string] => [
  path,
  stateFile(path),
  sidecarFile(path),
]

/** Bytes of all files of a checkpoint; null when one is missing. */
export function bytesOf(path: string): number | null {
  const sizes = filesOf(path).map((file) => statSync(file, { throwIfNoEntry: false }))
  return sizes.reduce<number | null>((sum, file) => (file && sum !== null ? sum + file.size : null), 0)
}
