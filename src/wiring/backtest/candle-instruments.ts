import { InputError } from '../../core/errors.ts'
import type { Instrument } from '../../core/instrument.ts'
import { replayInstrument } from '../config/replay-instrument.ts'
import type { BacktestConfig } from '../config/schema.ts'

/**
 * The instruments of a backtest on candles, in the order of its symbols. Throws `InputError` for one that settles in another currency
 * than its quote, as inverse contracts do: its entry says nothing of contract size; and for several settle currencies: there is one wallet.
 */
export function candleInstruments({ symbols, backtest }: BacktestConfig): readonly Instrument[] {
  const instruments = symbols.map((symbol) =>
    replayInstrument(backtest.instruments.find((one) => one.symbol === symbol)!),
  )
  for (const [at, { symbol, quote, settle }] of instruments.entries()) {
    const rule = (what: string): InputError => new InputError(`symbols[${at}] was ${symbol}; ${what}`, { symbol })
    if (settle !== quote) throw rule(`a backtest on candles takes linear contracts, which settle in ${quote}`)
    const wallet = instruments[0]!.settle
    if (settle !== wallet) throw rule(`all must settle in one currency, here ${wallet}, that of the first`)
  }
  return instruments
}
