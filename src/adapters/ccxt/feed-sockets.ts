import type { Instrument, InstrumentSymbol } from '../../core/instrument.ts'
import type { ChannelGroup, Topic, VenueProfile } from './venue-profile.ts'

/** One websocket, its instruments and what is known of it. */
export interface FeedSocket {
  readonly group: ChannelGroup
  readonly url: string
  /** All topics, each once among the sockets of the group. */
  readonly topics: readonly Topic[]
  readonly instruments: ReadonlyMap<InstrumentSymbol, Instrument>
  /** When what proves life (`ChannelGroup.heardBy`) was last heard of each instrument here, monotonic milliseconds. */
  readonly heardAt: Map<InstrumentSymbol, number>
  isUp: boolean
  /** How often the connection was lost: what was asked for before a loss is void after it. */
  losses: number
}

/**
 * Spreads the instruments over sockets of at most `topicsMax` topics. What several of them need (OKX: all liquidations at once) is
 * asked for on the first socket alone: a second one would bring the same events again.
 */
export function planSockets(
  { groups, topicsMax }: Pick<VenueProfile, 'groups' | 'topicsMax'>,
  instruments: readonly Instrument[],
  urlOf: (group: string, index: number) => string,
): readonly FeedSocket[] {
  return groups.flatMap((group) => {
    const accepted = instruments.filter((instrument) => group.accepts(instrument))
    const perInstrument = Math.max(1, ...accepted.map((instrument) => group.topics(instrument).length))
    const size = Math.max(1, Math.floor(topicsMax / perInstrument))
    const count = Math.ceil(accepted.length / size)
    const asked = new Set<string>()
    return Array.from({ length: count }, (_, index): FeedSocket => {
      const mine = accepted.slice(index * size, (index + 1) * size)
      return {
        group,
        // The fragment tells sockets to one address apart.
        url: `${urlOf(group.name, index)}#${index}`,
        topics: notYet(
          asked,
          mine.flatMap((instrument) => group.topics(instrument)),
        ),
        instruments: new Map(mine.map((instrument) => [instrument.symbol, instrument])),
        heardAt: new Map(mine.map(({ symbol }) => [symbol, 0])),
        isUp: false,
        losses: 0,
      }
    })
  })
}

/** Those not `asked` for, each once; they are from now on. */
const notYet = (asked: Set<string>, topics: readonly Topic[]): readonly Topic[] =>
  topics.filter(({ arg }) => {
    const text = JSON.stringify(arg)
    const isNew = !asked.has(text)
    asked.add(text)
    return isNew
  })
