import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request as it arrived. */
export interface Seen {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** Loopback HTTP server that answers as told and remembers what it was asked. */
export async function alertServer() {
  const seen: Seen[] = []
  let answer: (reply: ServerResponse) => void = (reply) => reply.writeHead(200).end('{"ok":true,"result":{}}')
  const server = createServer((request, reply) => {
    let body = ''
    request.on('data', (chunk) => {
      body += String(chunk)
    })
    request.on('end', () => {
      seen.push({ path: request.url ?? '', headers: request.headers, body })
      answer(reply)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    answerWith: (next: typeof answer) => {
      answer = next
    },
    close: () => {
      server.closeAllConnections()
      return new Promise<void>((resolve) => {
        server.close(() => resolve())
      })
    },
  }
}
