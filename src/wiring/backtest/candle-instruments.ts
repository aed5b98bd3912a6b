import { InputError } from '../../core/errors.ts'
import type { Instrument } from '../../core/instrument.ts'
import { replayInstrument } from '../config/replay-instrument.ts'
import type { BacktestConfig } from '../config/schema.ts'
import type { SimulationConfig } from '../config/simulation-section.ts'
import { withFees } from '../simulation/with-fees.ts'

/** What a configuration says of them. */
interface CandleInstruments extends Pick<BacktestConfig, 'symbols'> {
  readonly backtest: Pick<BacktestConfig['backtest'], 'instruments'>
  readonly simulation: SimulationConfig
}

/**
 * The instruments of a backtest on candles, in the order of its symbols. Throws `InputError` for one that settles in another currency
 * than its quote, as inverse contracts do: its entry says nothing of contract size; and for several settle currencies: there is one wallet.
 */
export function candleInstruments({ symbols, backtest, simulation }: CandleInstruments): readonly Instrument[] {
  const instruments = symbols.map((symbol) =>
    replayInstrument(backtest.instruments.find((one) => one.symbol === symbol)!),
  )
  for (const [at, { symbol, quote, settle }] of instruments.entries()) {
    const rule = (what: string): InputError => new InputError(`symbols[${at}] was ${symbol}; ${what}`, { symbol })
    if (settle !== quote) throw rule(`a backtest on candles takes linear contracts, which settle in ${quote}`)
    const wallet = instruments[0]!.settle
    if (settle !== wallet) throw rule(`all must settle in one currency, here ${wallet}, that of the first`)
  }
  return withFees(instruments, simulation)
}
