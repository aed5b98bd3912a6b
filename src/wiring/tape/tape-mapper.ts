import type { OverflowRecord } from '../../adapters/tape/tape-control.ts'
import type { TapeFrame } from '../../adapters/tape/tape-frame.ts'
import { check } from '../../core/check.ts'
import { InputError } from '../../core/errors.ts'
import type { Converter } from '../../core/instrument.ts'
import type { GapEvent } from '../../core/market-event.ts'
import type { FrameMapperOf, FrameOutcome } from '../../market/frame-mapper.ts'
import { binanceFrameMapper } from '../../market/venues/binance.ts'
import { bingxFrameMapper } from '../../market/venues/bingx.ts'
import { bitgetFrameMapper } from '../../market/venues/bitget.ts'
import { bybitFrameMapper } from '../../market/venues/bybit.ts'
import { hyperliquidFrameMapper } from '../../market/venues/hyperliquid.ts'
import { okxFrameMapper } from '../../market/venues/okx.ts'
import { binanceByShape } from './binance-by-shape.ts'

/** From a line of a tape to what it means, control lines included. Keeps the state of the venue's mapper. */
export interface TapeMapper {
  map(line: TapeFrame): FrameOutcome
}

const IGNORED: FrameOutcome = { kind: 'ignored' }
/** As ccxt names the venues. */
const MAPPERS: Readonly<Record<string, FrameMapperOf>> = {
  binance: binanceByShape,
  binanceusdm: binanceFrameMapper,
  binancecoinm: binanceFrameMapper,
  bybit: bybitFrameMapper,
  okx: okxFrameMapper,
  bitget: bitgetFrameMapper,
  bingx: bingxFrameMapper,
  hyperliquid: hyperliquidFrameMapper,
}

/** Throws `InputError` naming `file` for a tape of a venue that no mapper reads. */
export function checkVenue(venueId: string, file: string): void {
  if (Object.hasOwn(MAPPERS, venueId)) return
  throw new InputError(`${file}: its venue is ${venueId}; it must be one of ${Object.keys(MAPPERS).join(', ')}`, {
    file,
  })
}

/**
 * Mapper of the venue that a tape's session line names; without one the tape is Binance's and each frame's shape tells the market.
 * `converters` by venue symbol. The venue is a known one (`checkVenue`).
 */
export function tapeMapper(venueId: string | undefined, converters: ReadonlyMap<string, Converter>): TapeMapper {
  const mapperOf = venueId === undefined ? binanceByShape : MAPPERS[venueId]
  check(mapperOf !== undefined, 'venue of a tape', venueId)
  const mapper = mapperOf!(converters)
  const symbols = [...converters.values()].map(({ instrument }) => instrument.symbol)
  const [only] = converters.size === 1 ? converters.keys() : []
  return {
    map(line) {
      const { control, receivedAt } = line
      if (!control) return mapper.map(line.frame, receivedAt, only)
      if (control.kind === 'overflow') {
        for (const symbol of symbols) mapper.reset(symbol)
        return gaps(control, symbols)
      }
      if (control.kind !== 'event') return IGNORED
      if (control.event.kind === 'gap') mapper.reset(control.event.symbol)
      return { kind: 'event', event: control.event }
    },
  }
}

/** Lines that were dropped may have been of any instrument. */
function gaps({ lines, fromAt, toAt }: OverflowRecord, symbols: readonly string[]): FrameOutcome {
  if (symbols.length === 0) return IGNORED
  const detail = `the recorder dropped ${lines} lines`
  const stamps = { exchangeTime: fromAt, receivedAt: toAt }
  const events = symbols.map((symbol): GapEvent => ({ kind: 'gap', symbol, ...stamps, reason: 'overflow', detail }))
  return { kind: 'events', events, excluded: 0 }
}
