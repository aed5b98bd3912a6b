import type { ReconcileReport } from '../../trading/trader-event.ts'
import type { WallConfig } from '../config/schema.ts'
import type { Assembly } from './assemble.ts'
import type { StewardCounts } from './model-steward.ts'
import { modelIds, modelProviders } from './models-text.ts'
import type { RunCounter, RunCounts } from './run-counts.ts'

/** What a run came to; the one JSON object of `--json`. */
export interface RunSummary extends RunCounts, StewardCounts {
  readonly mode: string
  readonly symbols: readonly string[]
  /** By the last reconciliation; null when the mode has no venue, false also when it did not answer. */
  readonly positionMatchesVenue: boolean | null
  readonly balanceMatchesVenue: boolean | null
  /** The last reconciliation had an answer; null when the mode has no venue. */
  readonly venueAnswered: boolean | null
  /** In force at the end; of groups each model once, after a comma. */
  readonly model: string
  readonly provider: string
  readonly wallet: number
  readonly equity: number
  /** Equity now less equity at the start of the run, settle currency. */
  readonly pnl: number
  readonly currency: string
  readonly stoppedBy: string
}

export function summaryOf(
  { session, desk, models, currency, trader }: Assembly,
  config: WallConfig,
  counter: RunCounter,
  report: ReconcileReport | undefined,
  startEquity: number,
  stoppedBy: string,
  family: StewardCounts,
): RunSummary {
  const inForce = models.inForce()
  const equity = session.equityQuote()
  return {
    mode: config.mode,
    symbols: config.symbols,
    ...counter.counts(),
    ...family,
    positionMatchesVenue: trader ? report?.answered === true && report.positionMatches : null,
    balanceMatchesVenue: trader ? report?.answered === true && report.balanceMatches : null,
    venueAnswered: trader ? report?.answered === true : null,
    model: modelIds(inForce),
    provider: modelProviders(inForce),
    wallet: desk.walletQuote(),
    equity,
    pnl: equity - startEquity,
    currency,
    stoppedBy,
  }
}

export function summaryLine(summary: RunSummary): string {
  const { bars, orders, fills, refusals, gaps, pnl, currency, stoppedBy } = summary
  return `stopped (${stoppedBy}): ${bars} bars, ${orders} orders, ${fills} fills, ${refusals} refused, ${gaps} gaps, PnL ${pnl.toFixed(2)} ${currency}${agreement(summary)}`
}

function agreement({ venueAnswered, positionMatchesVenue, balanceMatchesVenue }: RunSummary): string {
  if (venueAnswered === null) return ''
  if (!venueAnswered) return '; the venue did not answer: the next start reconciles'
  return positionMatchesVenue && balanceMatchesVenue ? '; ledger equals the venue' : '; ledger DIFFERS FROM the venue'
}
