import type { Scheduler } from '../../core/scheduler.port.ts'
import type { StreamOperation, StreamProtocol, StreamReply, Topic } from './venue-profile.ts'

interface StreamRequestsOptions {
  readonly protocol: StreamProtocol
  readonly scheduler: Scheduler
  readonly ackMsMax: number
  send(text: string): void
}

/** Requests on one connection and the answers that are still to come. */
export interface StreamRequests {
  /** Resolves when the venue has acknowledged all topics; rejects when it refuses, is silent, or the connection ends. */
  ask(operation: StreamOperation, topics: readonly Topic[]): Promise<void>
  answer(reply: StreamReply): void
  /** The connection is gone: whoever still waits is told. */
  end(detail: string): void
}

interface Waiting {
  /** Acknowledgements still to come. */
  readonly acks: Set<string>
  readonly done: (failure?: Error) => void
}

/** Bounded: each instrument renews its streams one at a time. */
export function streamRequests({ protocol, scheduler, ackMsMax, send }: StreamRequestsOptions): StreamRequests {
  const waiting = new Set<Waiting>()
  let lastId = 0
  const nextId = () => {
    lastId += 1
    return lastId
  }
  const failAll = (detail: string) => {
    for (const { done } of [...waiting]) done(new Error(detail))
  }
  return {
    ask: (operation, topics) =>
      new Promise((resolve, reject) => {
        const requests = protocol.requests(operation, topics, nextId)
        const settled = new AbortController()
        const mine: Waiting = {
          acks: new Set(requests.flatMap(({ acks }) => acks)),
          done: (failure) => {
            waiting.delete(mine)
            settled.abort()
            if (failure) reject(failure)
            else resolve()
          },
        }
        waiting.add(mine)
        for (const { text } of requests) send(text)
        void scheduler.sleep(ackMsMax, settled.signal).then(() => {
          if (!settled.signal.aborted) mine.done(new Error(`${operation}: not acknowledged in ${ackMsMax} ms`))
        })
      }),
    answer(reply) {
      // Who of several was refused is not told by every venue: all ask again.
      if (reply.kind === 'refused') return failAll(`subscription refused: ${reply.detail}`)
      if (reply.kind === 'idle') return
      for (const one of [...waiting]) {
        if (one.acks.delete(reply.ack) && one.acks.size === 0) one.done()
      }
    },
    end: failAll,
  }
}
