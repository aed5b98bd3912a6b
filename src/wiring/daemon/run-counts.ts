import { isForecast } from '../../inference/forecast.ts'
import type { DecisionRecord } from '../../trading/journal-records.ts'
import type { TraderEvent } from '../../trading/trader-event.ts'
import type { SessionEvent } from '../session/decider.ts'
import { decisionHash } from '../session/decision-hash.ts'
import { quantile } from '../session/quantiles.ts'

/** Latencies kept for the quantiles; past it the oldest half is forgotten. */
const LATENCIES_MAX = 100_000

/** What this run did, for the summary. */
export interface RunCounts {
  readonly bars: number
  readonly decisions: number
  readonly forecasts: number
  readonly orders: number
  readonly fills: number
  readonly refusals: number
  readonly gaps: number
  /** Bars of an instrument between two decided ones that nobody decided. */
  readonly missedBars: number
  readonly closeToOrderMsP50: number | null
  readonly closeToOrderMsP99: number | null
  /** Of all bars decided, in order: a replay of the same data comes to the same. */
  readonly decisionHash: string
}

export interface RunCounter {
  onSession(event: SessionEvent): void
  onTrader(event: TraderEvent): void
  /** Distinct bar ends decided. */
  barEnds(): number
  counts(): RunCounts
}

export function runCounter(): RunCounter {
  const count = { bars: 0, decisions: 0, forecasts: 0, orders: 0, fills: 0, refusals: 0, gaps: 0, missedBars: 0 }
  const lastOf = new Map<string, number>()
  let latenciesMs: number[] = []
  const hash = decisionHash()
  let lastEndAt = 0
  let barEnds = 0
  return {
    onSession(event) {
      if (event.kind === 'gap') count.gaps += 1
      if (event.kind !== 'decided') return
      const { record, placement } = event
      if (!event.cutShort) {
        count.bars += 1
        count.missedBars += missedBefore(lastOf.get(record.symbol), record)
        lastOf.set(record.symbol, record.barEndAt)
        hash.add(record)
        if (placement.kind !== 'duplicate') count.decisions += 1
      }
      if (record.barEndAt > lastEndAt) {
        lastEndAt = record.barEndAt
        barEnds += 1
      }
      if (record.forecast && isForecast(record.forecast)) count.forecasts += 1
      if (record.verdict.kind === 'refused') count.refusals += 1
      if (placement.kind !== 'sent') return
      count.orders += 1
      if (placement.closeToSendMs === null) return
      latenciesMs.push(placement.closeToSendMs)
      if (latenciesMs.length > LATENCIES_MAX) latenciesMs = latenciesMs.slice(LATENCIES_MAX / 2)
    },
    onTrader(event) {
      if (event.kind === 'fill' && event.fill.origin === 'own') count.fills += 1
    },
    barEnds: () => barEnds,
    counts: () => ({
      ...count,
      closeToOrderMsP50: quantile(latenciesMs, 0.5),
      closeToOrderMsP99: quantile(latenciesMs, 0.99),
      decisionHash: hash.digest(),
    }),
  }
}

/** Bars have one length; event bars follow each other without a pause. */
function missedBefore(lastEndAt: number | undefined, { barStartAt, barEndAt }: DecisionRecord): number {
  return lastEndAt === undefined ? 0 : Math.max(0, Math.round((barStartAt - lastEndAt) / (barEndAt - barStartAt)))
}
