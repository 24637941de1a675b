/** Notices a browser that went away without a word (a closed laptop, a broken tunnel). */
import type { WebSocket } from 'ws'

const interval = 30_000

/** Pings every 30 s and closes the socket when the one before was not answered; its streams end with it. */
export function keepAlive(socket: WebSocket): void {
  let answered = true
  socket.on('pong', () => (answered = true))
  const timer = setInterval(() => {
    if (!answered) return socket.terminate()
    answered = false
    socket.ping()
  }, interval)
  timer.unref()
  socket.on('close', () => clearInterval(timer))
}
