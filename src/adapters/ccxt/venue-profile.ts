import type { Exchange } from 'ccxt'
import type { Instrument, InstrumentSymbol } from '../../core/instrument.ts'
import type { Fields } from './json-fields.ts'
import type { VenueClientOptions, VenueTransport } from './venue-transport.ts'

/** The venues that market data can be had of, as ccxt names them. */
export const VENUE_IDS = ['binanceusdm', 'binancecoinm', 'bybit', 'bitget', 'bingx', 'okx', 'hyperliquid'] as const
export type VenueId = (typeof VENUE_IDS)[number]

/** One stream of one instrument. */
export interface Topic {
  /** As it stands in the subscribe message. */
  readonly arg: string | Readonly<Record<string, string | boolean>>
  /** The venue begins it with its whole state (book, marks): asked for anew when the instrument's state is void. Never trades. */
  readonly renews: boolean
}

/** Streams that share a socket. */
export interface ChannelGroup {
  /** Said in events, e.g. `public`. */
  readonly name: string
  /** Which events prove that the instrument's streams live: trades and liquidations may rightly be silent for long. */
  readonly heardBy: 'book' | 'mark'
  /** Where every frame is a whole book: the venue symbol in one. An unchanged book gives no event, but proves life too. */
  bookIn?(frame: Fields): unknown
  accepts(instrument: Instrument): boolean
  topics(instrument: Instrument): readonly Topic[]
}

/** One message to the venue, and the acknowledgements that it must bring. */
export interface StreamRequest {
  readonly text: string
  readonly acks: readonly string[]
}

/** What a frame says of our requests; `idle` answers a ping. */
export type StreamReply =
  | { readonly kind: 'acknowledged'; readonly ack: string }
  | { readonly kind: 'refused'; readonly detail: string }
  | { readonly kind: 'idle' }

export type StreamOperation = 'subscribe' | 'unsubscribe'

/** How a venue is asked for streams. Pure. */
export interface StreamProtocol {
  /** `nextId` numbers the requests of one socket, from 1. */
  requests(operation: StreamOperation, topics: readonly Topic[], nextId: () => number): readonly StreamRequest[]
  /** Undefined: market data. Called per frame. */
  reply(frame: Fields): StreamReply | undefined
  /** Texts that are no JSON: what to answer, nothing where empty. */
  readonly heartbeats: ReadonlyMap<string, string>
}

/** A venue, connected to nothing yet. */
export interface OpenVenue {
  readonly exchange: Exchange
  readonly transport: VenueTransport
  /** Without fragment. */
  streamUrl(group: string, index: number): string
  /** The book by REST; only where `books` is `rest`. */
  loadBook?(venueSymbol: string): Promise<object>
}

/** What the feed must know of one venue beside the meaning of its frames. */
export interface VenueProfile {
  readonly id: VenueId
  readonly groups: readonly ChannelGroup[]
  /** Topics of one socket. */
  readonly topicsMax: number
  readonly protocol: StreamProtocol
  /** How a fresh book is had: by REST, by subscribing again, or it comes with every frame. */
  readonly books: 'rest' | 'resubscribe' | 'every-frame'
  open(options: VenueClientOptions): OpenVenue
  /** From ccxt's market; throws `InputError` for one that does not trade or that we cannot count. Fee rates are ccxt's. */
  instrument(symbol: InstrumentSymbol, market: Fields): Instrument
}

/** Cuts topics into lists of at most `size`. */
export const inBatches = (topics: readonly Topic[], size: number): readonly (readonly Topic[])[] =>
  Array.from({ length: Math.ceil(topics.length / size) }, (_, index) => topics.slice(index * size, (index + 1) * size))
