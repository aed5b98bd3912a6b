import { type Converter, converter, type Instrument, type InstrumentSymbol } from '../../core/instrument.ts'
import { decimalsIn, scaledText } from './decimal-text.ts'
import { BinanceRefusal } from './refusal.ts'

/** One instrument as the protocol needs it: its venue names and its exact text forms. */
export interface Listing {
  readonly instrument: Instrument
  readonly symbol: InstrumentSymbol
  /** `BTCUSDT`, and as stream names have it, `btcusdt`. */
  readonly name: string
  readonly streamName: string
  readonly convert: Converter
  readonly priceDecimals: number
  readonly lotDecimals: number
  priceText(ticks: number): string
  quantityText(lots: number): string
  /** Exact value in quote currency of Σ ticks × lots. */
  quoteText(tickLots: bigint): string
}

export interface Listings {
  readonly all: readonly Listing[]
  /** Throws −1121 for a name that is not listed. */
  named(name: string): Listing
  of(symbol: InstrumentSymbol): Listing
}

export function listingOf(instrument: Instrument): Listing {
  const convert = converter(instrument)
  const priceDecimals = decimalsIn(instrument.tickSize)
  const lotDecimals = decimalsIn(instrument.lotSize)
  const tickUnits = BigInt(instrument.tickSize.replace('.', ''))
  const lotUnits = BigInt(instrument.lotSize.replace('.', ''))
  return {
    instrument,
    symbol: instrument.symbol,
    name: instrument.venueSymbol,
    streamName: instrument.venueSymbol.toLowerCase(),
    convert,
    priceDecimals,
    lotDecimals,
    // Not the converter's texts: those cut the venue's trailing zeros, and frames are written by the thousand.
    priceText: (ticks) => convert.price(ticks).toFixed(priceDecimals),
    quantityText: (lots) => convert.quantity(lots).toFixed(lotDecimals),
    quoteText: (tickLots) => scaledText(tickLots * tickUnits * lotUnits, priceDecimals + lotDecimals),
  }
}

export function listingsOf(instruments: readonly Instrument[]): Listings {
  const all = instruments.map(listingOf)
  const byName = new Map(all.map((listing) => [listing.name, listing]))
  const bySymbol = new Map(all.map((listing) => [listing.symbol, listing]))
  return {
    all,
    named: (name) => {
      const listing = byName.get(name.toUpperCase())
      if (listing === undefined) throw new BinanceRefusal(-1121, 'Invalid symbol.')
      return listing
    },
    of: (symbol) => bySymbol.get(symbol)!,
  }
}
