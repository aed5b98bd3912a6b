import type { Fields } from '../json-fields.ts'
import { inBatches, type StreamOperation, type StreamProtocol, type Topic } from '../venue-profile.ts'
import { objectOf, plainText } from './market-fields.ts'

/** Names in a fixed order: the venue may send a topic's fields in another than we did. */
const nameOf = (operation: unknown, topic: Fields): string =>
  `${plainText(operation)} ${['instType', 'channel', 'instId'].map((field) => plainText(topic[field])).join(' ')}`

/**
 * As OKX and Bitget do it: `{op, args}` brings one `{event, arg}` per topic, or `{event: 'error', code, msg}`; keep-alive is the text
 * `ping`, answered `pong`, at least every 30 s. `topicsPerRequest`: a request may not be too long.
 */
export const eventStreams = (topicsPerRequest: number): StreamProtocol => ({
  heartbeats: new Map([['pong', '']]),
  requests: (operation: StreamOperation, topics: readonly Topic[]) =>
    inBatches(topics, topicsPerRequest).map((batch) => ({
      text: JSON.stringify({ op: operation, args: batch.map(({ arg }) => arg) }),
      acks: batch.map(({ arg }) => nameOf(operation, objectOf(arg))),
    })),
  reply(frame) {
    const event = frame['event']
    if (event === undefined) return undefined
    if (event === 'error') return { kind: 'refused', detail: `${plainText(frame['code'])} ${plainText(frame['msg'])}` }
    // `notice`, `channel-conn-count` and the like are no answers.
    if (event !== 'subscribe' && event !== 'unsubscribe') return { kind: 'idle' }
    return { kind: 'acknowledged', ack: nameOf(event, objectOf(frame['arg'])) }
  },
})
