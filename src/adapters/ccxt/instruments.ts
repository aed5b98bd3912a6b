import type { Exchange } from 'ccxt'
import { InputError, TransientError } from '../../core/errors.ts'
import type { Instrument, InstrumentSymbol } from '../../core/instrument.ts'
import type { Fields } from './json-fields.ts'
import type { VenueProfile } from './venue-profile.ts'
import { causeOf } from './venue-refusal.ts'

/** Fractions of the order value; venues tell them per account only. */
export interface FeeRates {
  readonly maker: number
  readonly taker: number
}

const NEAR_MAX = 5

/** Throws `InputError` for a symbol that is not listed or does not trade, `TransientError` when the venue does not answer. */
export async function loadInstruments(
  exchange: Pick<Exchange, 'loadMarkets' | 'markets'>,
  profile: Pick<VenueProfile, 'instrument'>,
  symbols: readonly InstrumentSymbol[],
  fees?: FeeRates,
): Promise<readonly Instrument[]> {
  try {
    await exchange.loadMarkets()
  } catch (thrown) {
    throw new TransientError(`the exchange does not answer: ${causeOf(thrown)}`, {}, thrown)
  }
  const markets = exchange.markets ?? {}
  return symbols.map((symbol) => {
    const market = markets[symbol] as Fields | undefined
    if (market?.['swap'] !== true) throw notListed(symbol, Object.keys(markets))
    const instrument = profile.instrument(symbol, market)
    return fees ? { ...instrument, makerFeeRate: fees.maker, takerFeeRate: fees.taker } : instrument
  })
}

function notListed(symbol: string, listed: readonly string[]): InputError {
  const near = listed
    .map((candidate) => ({ candidate, distance: editDistance(symbol, candidate) }))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, NEAR_MAX)
    .map(({ candidate }) => candidate)
  return new InputError(`symbol ${JSON.stringify(symbol)} is not listed; near: ${near.join(', ')}`, { symbol, near })
}

/** Levenshtein distance, one row at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const change = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(change, row[j]! + 1, next[j - 1]! + 1))
    }
    row = next
  }
  return row[b.length]!
}
