/** The decoder process: reads requests from stdin, answers on stdout, ends when its parent does. See decoder.ts. */
import { lookAtImage, prepareImage, toDataUrl } from './codec.ts'
import type { Answer, Request } from './decoder.ts'
import { readFrames, writeFrame } from './frames.ts'

const nothing = new Uint8Array()

async function answer(request: Request, bytes: Uint8Array): Promise<{ value: unknown; bytes: Uint8Array }> {
  switch (request.work) {
    case 'prepare': {
      const { input, ...value } = await prepareImage(bytes, request.preparation)
      return { value, bytes: input }
    }
    case 'look':
      return { value: await lookAtImage(bytes), bytes: nothing }
    case 'data-url':
      return { value: await toDataUrl(bytes, request.size), bytes: nothing }
  }
}

readFrames(process.stdin, ({ head, bytes }) => {
  const request = head as Request
  const send = (reply: Answer, payload: Uint8Array): void => writeFrame(process.stdout, reply, payload)
  answer(request, bytes).then(
    (done) => send({ id: request.id, value: done.value }, done.bytes),
    (error: unknown) =>
      send({ id: request.id, error: error instanceof Error ? error.message : String(error) }, nothing),
  )
})
