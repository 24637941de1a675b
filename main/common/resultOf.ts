/** Reads the stream of a task to its result. */
export async function resultOf<Progress, Result>(
  stream: AsyncIterator<Progress, Result>,
  onProgress: (progress: Progress) => void = () => undefined,
): Promise<Result> {
  for (;;) {
    const next = await stream.next()
    if (next.done) return next.value
    onProgress(next.value)
  }
}
