import { crc32 } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { type Converter, converter, type Instrument } from '../../../src/core/instrument.ts'
import type { MarketEvent } from '../../../src/core/market-event.ts'
import type { EpochMs } from '../../../src/core/units.ts'
import type { Book } from '../../../src/market/book.ts'
import { sequencer } from '../../../src/market/sequencer.ts'
import { okxFrameMapper } from '../../../src/market/venues/okx.ts'
import { BTCUSDT } from '../instruments.ts'
import { asCcxtTrade, bookDifference, ccxtClient, ccxtTrades, ccxtVenue } from './ccxt-oracle.ts'
import { capturedFrames, captureRecords } from './cryptofeed.ts'

const FOLLOWED = ['UNI-USD-SWAP', 'BTC-USD-220527', 'BTC-USDT']
const CHECKSUM_LEVELS = 25

interface Listed {
  readonly instId: string
  readonly instType: 'SPOT' | 'SWAP' | 'FUTURES'
  readonly tickSz: string
  readonly lotSz: string
  readonly ctVal: string
  readonly ctType: string
  readonly settleCcy: string
}

interface Frame {
  readonly arg: { readonly channel: string; readonly instId: string }
  readonly action?: string
  readonly event?: string
  readonly data: readonly { readonly checksum: number }[]
}

const { file, absent } = capturedFrames('cryptofeed-okx.jsonl.gz')

function instrumentOf({ instId, tickSz, lotSz, ctVal, ctType, settleCcy }: Listed): Instrument {
  const [base = '', quote = '', end = ''] = instId.split('-')
  const settle = settleCcy || quote
  return {
    ...BTCUSDT,
    ...{
      symbol: end ? `${base}/${quote}:${settle}${end === 'SWAP' ? '' : `-${end}`}` : `${base}/${quote}`,
      venueSymbol: instId,
    },
    ...{
      base,
      quote,
      settle,
      tickSize: tickSz,
      lotSize: lotSz,
      contractSize: ctVal || '1',
      inverse: ctType === 'inverse',
    },
  }
}

/** The capture is of 2022, before `seqId`: ids are given as the venue would today, so that chain and checksum can both be seen. */
function load(): {
  frames: { frame: Frame; receivedAt: EpochMs }[]
  converters: Map<string, Converter>
  types: Map<string, string>
} {
  const records = captureRecords(file)
  const listed = records.flatMap(({ kind, data }) => (kind === 'http' ? (data as { data: Listed[] }).data : []))
  const ours = new Map(listed.filter(({ instId }) => FOLLOWED.includes(instId)).map((entry) => [entry.instId, entry]))
  const ids = new Map<string, number>()
  const frames = records.flatMap(({ kind, data, receivedAt }) => {
    if (kind !== 'recv') return []
    const frame = data as Frame
    if (frame.arg.channel !== 'books' || frame.event) return [{ frame, receivedAt: receivedAt as EpochMs }]
    const { instId } = frame.arg
    const prevSeqId = ids.get(instId) ?? -1
    const seqId = prevSeqId + 7
    ids.set(instId, seqId)
    return [
      {
        frame: { ...frame, data: frame.data.map((row) => ({ ...row, prevSeqId, seqId })) },
        receivedAt: receivedAt as EpochMs,
      },
    ]
  })
  return {
    frames,
    converters: new Map([...ours].map(([name, entry]) => [name, converter(instrumentOf(entry))])),
    types: new Map([...ours].map(([name, entry]) => [name, entry.instType])),
  }
}

/** The venue's own check of a book, until 2026: CRC-32 over bid and ask in turn, price and size as it wrote them, best 25 a side. */
function checksum(book: Book, convert: Converter): number {
  const plain = (text: string): string => (text.includes('.') ? text.replace(/\.?0+$/, '') : text)
  const parts: string[] = []
  const [bids, asks] = [book.levels('bids', CHECKSUM_LEVELS), book.levels('asks', CHECKSUM_LEVELS)]
  for (let at = 0; at < 2 * CHECKSUM_LEVELS; at += 2) {
    for (const side of [bids, asks]) {
      if (at >= side.length) continue
      parts.push(plain(convert.priceText(side[at]! as never)), plain(convert.quantityText(side[at + 1]! as never)))
    }
  }
  return crc32(parts.join(':')) | 0
}

const ccxtOf = (
  converters: ReadonlyMap<string, Converter>,
  types: ReadonlyMap<string, string>,
): ReturnType<typeof ccxtVenue> =>
  ccxtVenue(
    'okx',
    [...converters.values()].map(({ instrument }) => instrument),
    ({ venueSymbol }) => (({ SPOT: 'spot', FUTURES: 'future' }) as const)[types.get(venueSymbol) as 'SPOT'] ?? 'swap',
  )

describe.skipIf(absent)('the capture of OKX', () => {
  test('after every frame each book equals that of ccxt and has the checksum of the venue, without a gap, never crossed', () => {
    const { frames, converters, types } = load()
    const venue = ccxtOf(converters, types)
    const client = ccxtClient('wss://ws.okx.com:8443/ws/v5/public')
    const { map } = okxFrameMapper(converters)
    const sequencers = new Map([...converters.values()].map(({ instrument }) => [instrument.symbol, sequencer()]))
    let compared = 0
    for (const { frame, receivedAt } of frames) {
      const outcome = map(frame, receivedAt)
      expect(outcome.kind).not.toBe('malformed')
      if (frame.event || frame.arg.channel !== 'books') continue
      venue.handleMessage(client, frame)
      if (outcome.kind !== 'event') throw new Error(outcome.kind)
      const { event } = outcome
      const own = sequencers.get(event.symbol)!
      const emitted: MarketEvent[] = []
      expect(own.step(event, (step) => emitted.push(step))).toBe(false)
      expect(emitted).toEqual([event])
      const convert = converters.get(frame.arg.instId)!
      expect(bookDifference(own.book, venue.orderbooks[event.symbol]!, convert)).toBeUndefined()
      expect(checksum(own.book, convert)).toBe(frame.data[0]!.checksum)
      expect(own.book.crossed).toBe(false)
      compared += 1
    }
    expect(compared).toBe(290)
  })

  test('every trade equals that of ccxt, and ids ascend', () => {
    const { frames, converters, types } = load()
    const venue = ccxtOf(converters, types)
    const client = ccxtClient('wss://ws.okx.com:8443/ws/v5/public')
    const { map } = okxFrameMapper(converters)
    const trades = frames.flatMap(({ frame, receivedAt }) => {
      if (frame.event || frame.arg.channel !== 'trades') return []
      venue.handleMessage(client, frame)
      const outcome = map(frame, receivedAt)
      return outcome.kind === 'event' && outcome.event.kind === 'trade' ? [outcome.event] : []
    })
    expect(trades).toHaveLength(74)
    for (const convert of converters.values()) {
      const { symbol } = convert.instrument
      const ours = trades.filter((trade) => trade.symbol === symbol)
      expect(ours.map((trade) => asCcxtTrade(trade, convert))).toEqual(ccxtTrades(venue, symbol))
      const ids = ours.map(({ tradeId }) => tradeId as number)
      expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b))
    }
  })
})
