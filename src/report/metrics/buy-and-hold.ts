import type { InstrumentSymbol } from '../../core/instrument.ts'
import type { BacktestRecord, PriceCurve } from '../backtest/record.ts'
import { type EquityPath, momentsOfRecord } from './equity-path.ts'

/**
 * The opening balance spread evenly over the instruments, each bought once for its share at its first close and sold at the end:
 * long, no borrowed money, never rebalanced. `feeRate`: fraction of the value, of both trades. No funding and no slippage.
 */
export function buyAndHold(record: BacktestRecord, feeRate: number): EquityPath {
  const at = momentsOfRecord(record)
  const equity = new Float64Array(at.length).fill(record.startingBalance)
  const stake = record.startingBalance / record.prices.length
  for (const curve of record.prices) addHolding(equity, at, curve, stake, feeRate)
  return { at, equity }
}

function addHolding(equity: Float64Array, at: Float64Array, curve: PriceCurve, stake: number, feeRate: number): void {
  const inverse = isInverse(curve.symbol)
  let [next, bought, price] = [0, 0, 0]
  for (let i = 1; i < at.length; i += 1) {
    for (; next < curve.at.length && curve.at[next]! <= at[i]!; next += 1) {
      // A bar without trades may have no close.
      if (curve.close[next]! > 0) price = curve.close[next]!
    }
    if (price === 0) continue
    if (bought === 0) bought = price
    const worth = inverse ? (stake * bought) / price : (stake * price) / bought
    const exitFee = i === at.length - 1 ? worth * feeRate : 0
    equity[i]! += (inverse ? stake - worth : worth - stake) - stake * feeRate - exitFee
  }
}

/** `BTC/USD:BTC` settles in its base, and so its value is in that. */
function isInverse(symbol: InstrumentSymbol): boolean {
  const [base, rest = ''] = symbol.split('/')
  return rest.split(':')[1] === base
}
