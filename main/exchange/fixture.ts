/** For tests: what the pieces of a source come to. */
import type { ForeignRun, Piece, ReadTask } from './piece.ts'

export interface Gathered {
  run: ForeignRun
  curves: Map<string, { step: number; value: number; epoch: number; seconds: number }[]>
}

export const quiet: ReadTask = { signal: new AbortController().signal, onProgress: () => undefined }

export async function gather(
  pieces: AsyncIterable<Piece>,
): Promise<{ runs: Map<string, Gathered>; notes: string[] }> {
  const runs = new Map<string, Gathered>()
  const notes: string[] = []
  let current: Gathered | null = null
  for await (const piece of pieces) {
    if (piece.kind === 'note') notes.push(piece.note)
    else if (piece.kind === 'run') runs.set(piece.run.key, (current = { run: piece.run, curves: new Map() }))
    else if (piece.kind === 'points' && current) {
      const { steps, values, epochs, seconds } = piece.points
      const rows = Array.from(steps, (step, i) => ({
        step,
        value: values[i]!,
        epoch: epochs[i]!,
        seconds: seconds[i]!,
      }))
      current.curves.set(piece.metric, [...(current.curves.get(piece.metric) ?? []), ...rows])
    }
  }
  return { runs, notes }
}
