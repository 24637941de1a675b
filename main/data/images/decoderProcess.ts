/** The decoder process: reads requests from stdin, answers on stdout, ends when its parent does. See decoder.ts. */
import { digest } from '../digest.ts'
import { lookAtImage, prepareImage, toDataUrl } from './codec.ts'
import type { Answer, Request } from './decoder.ts'
import { readFrames, writeFrame } from './frames.ts'
import { readWhole, reasonOf } from './read.ts'

const nothing = new Uint8Array()

async function answer(request: Request, bytes: Uint8Array): Promise<{ value: unknown; bytes: Uint8Array }> {
  switch (request.work) {
    case 'prepare': {
      const contents = request.path === null ? bytes : await readWhole(request.path)
      const { input, ...value } = await prepareImage(contents, request.preparation)
      return { value, bytes: input }
    }
    case 'facts': {
      const contents = await readWhole(request.path)
      const look = request.sized ? await lookAtImage(contents) : null
      const size = look && { width: look.width, height: look.height }
      return { value: size, bytes: await digest(contents) }
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
    (error: unknown) => send({ id: request.id, error: reasonOf(error) }, nothing),
  )
})
