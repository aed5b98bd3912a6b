import type { AddressInfo } from 'node:net'
import { connect, createServer, type Socket } from 'node:net'
import { setImmediate } from 'node:timers/promises'

/** Stands between a client and a server of this machine. */
export interface TcpProxy {
  readonly url: string
  /** Bytes per write towards the client; 0: as they come. */
  slice: number
  /** Set to swallow everything while all connections stay open: the peer is gone without a word. */
  isDeaf: boolean
  /** Set to close every connection as soon as it is made. */
  isCutting: boolean
  readonly accepted: () => number
  /** Bytes towards the client so far. */
  readonly written: () => number
  close(): Promise<void>
}

export async function tcpProxy(targetUrl: string): Promise<TcpProxy> {
  const { port } = new URL(targetUrl)
  const sockets = new Set<Socket>()
  let accepted = 0
  let written = 0
  const server = createServer((client) => {
    accepted += 1
    client.on('error', () => {})
    if (proxy.isCutting) return void client.destroy()
    const upstream = connect(Number(port), '127.0.0.1')
    for (const socket of [client, upstream]) sockets.add(socket)
    upstream.on('error', () => {})
    upstream.on('close', () => client.destroy())
    client.on('close', () => upstream.destroy())
    client.setNoDelay(true)
    client.on('data', (data) => void (proxy.isDeaf || upstream.write(data)))
    let queue = Promise.resolve()
    upstream.on('data', (data: Buffer) => {
      queue = queue.then(() => forward(client, data))
    })
  })
  async function forward(client: Socket, data: Buffer): Promise<void> {
    const size = proxy.slice || data.length
    for (let from = 0; from < data.length; from += size) {
      if (proxy.isDeaf || client.destroyed) return
      client.write(data.subarray(from, from + size))
      written += Math.min(size, data.length - from)
      // Each write is a packet of its own.
      if (proxy.slice > 0) await setImmediate()
    }
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const proxy: TcpProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    slice: 0,
    isDeaf: false,
    isCutting: false,
    accepted: () => accepted,
    written: () => written,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return proxy
}
