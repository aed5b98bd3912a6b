import type { DivergenceReport } from './divergence-report.ts'
import { bpsText, moneyText } from './divergence-table.ts'

/** What the figures mean; said wherever they are shown. */
export const READING =
  'Differences are simulated less real: above 0 the simulation was kinder. Open lots are valued at the last mid of the tape; ' +
  'fill, latency, price and fee add up to total exactly.'

/** Totals, one sentence each. */
export function divergenceNotes({ currency, totals }: DivergenceReport): readonly string[] {
  const { parts } = totals
  const share = (100 * totals.fillsEqualShare).toFixed(1)
  return [
    `${totals.orders} orders: ${totals.fillsEqual} (${share} %) filled alike; ${totals.filledBoth} filled at both, ${totals.filledRealOnly} only really, ${totals.filledSimulatedOnly} only in the simulation`,
    `PnL ${moneyText(totals.realPnl)} ${currency} real, ${moneyText(totals.simulatedPnl)} simulated; difference ${moneyText(parts.total)}: fill ${moneyText(parts.fill)}, latency ${moneyText(parts.latency)}, price ${moneyText(parts.price)}, fee ${moneyText(parts.fee)}`,
    `Average price of the orders filled at both: ${bpsText(totals.meanPriceBps)} bps better in the simulation, ${bpsText(totals.meanAbsolutePriceBps)} bps apart`,
    READING,
  ]
}
