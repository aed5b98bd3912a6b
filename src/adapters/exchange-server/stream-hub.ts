import type { WebSocket } from 'ws'

export type SessionKind = 'public' | 'market' | 'private' | 'api'

export interface Session {
  readonly kind: SessionKind
  readonly socket: WebSocket
  /** Frames go out as `{"stream":…,"data":…}`. */
  readonly isCombined: boolean
  readonly streams: Set<string>
  /** Of private sessions. */
  readonly listenKey?: string
}

/** Every open websocket and who listens to what. */
export interface StreamHub {
  open(session: Session): void
  subscribe(session: Session, stream: string): void
  unsubscribe(session: Session, stream: string): void
  isWanted(stream: string): boolean
  publish(stream: string, data: string): void
  publishPrivate(listenKey: string, data: string): void
  /** Sends unless too much waits already: then the socket is cut, for a client that late is better off with a new book. */
  send(session: Session, text: string): void
  /** Number of sockets cut. */
  cut(kind?: SessionKind): number
  ping(): void
  readonly sessions: ReadonlySet<Session>
  /** Clients cut because they did not read. */
  slowCount(): number
}

export function streamHub(sendBufferBytesMax: number): StreamHub {
  const sessions = new Set<Session>()
  const listeners = new Map<string, Set<Session>>()
  let slow = 0
  const unsubscribe = (session: Session, stream: string) => {
    session.streams.delete(stream)
    const of = listeners.get(stream)
    of?.delete(session)
    if (of?.size === 0) listeners.delete(stream)
  }
  const send = (session: Session, text: string) => {
    if (session.socket.readyState !== session.socket.OPEN) return
    if (session.socket.bufferedAmount + text.length > sendBufferBytesMax) {
      slow += 1
      session.socket.terminate()
      return
    }
    session.socket.send(text)
  }
  return {
    sessions,
    slowCount: () => slow,
    open: (session) => {
      sessions.add(session)
      session.socket.on('close', () => {
        sessions.delete(session)
        for (const stream of session.streams) unsubscribe(session, stream)
      })
      // A broken frame of the client: `close` follows.
      session.socket.on('error', () => session.socket.terminate())
    },
    subscribe: (session, stream) => {
      session.streams.add(stream)
      const of = listeners.get(stream) ?? new Set()
      listeners.set(stream, of.add(session))
    },
    unsubscribe,
    isWanted: (stream) => listeners.has(stream),
    publish: (stream, data) => {
      const combined = `{"stream":"${stream}","data":${data}}`
      for (const session of listeners.get(stream) ?? []) send(session, session.isCombined ? combined : data)
    },
    publishPrivate: (listenKey, data) => {
      for (const session of sessions) {
        if (session.listenKey !== listenKey) continue
        send(session, session.isCombined ? `{"stream":"${listenKey}","data":${data}}` : data)
      }
    },
    send,
    cut: (kind) => {
      const chosen = [...sessions].filter((session) => kind === undefined || session.kind === kind)
      for (const session of chosen) session.socket.terminate()
      return chosen.length
    },
    ping: () => {
      for (const { socket } of sessions) if (socket.readyState === socket.OPEN) socket.ping()
    },
  }
}
