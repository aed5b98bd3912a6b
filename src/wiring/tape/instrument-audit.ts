import type { GapEvent, MarketEvent } from '../../core/market-event.ts'
import { sequencer } from '../../market/sequencer.ts'
import type { Rule } from './findings.ts'
import { type QuoteMismatch, quoteAudit } from './quote-audit.ts'

export type Report = (rule: Rule, value: string) => void

/** Which promises a venue makes beyond those that every sequencer checks. */
export interface VenueRules {
  /** No trade is sent twice. */
  readonly tradesOnce: boolean
  /** Best quotes name the update id of the book. */
  readonly quotesNameUpdates: boolean
}

/** One instrument of a tape, event by event. */
export interface InstrumentAudit {
  /** `stream`: within it exchange times do not go back, e.g. `aggTrade`. */
  step(event: MarketEvent, stream: string, report: Report): void
  end(report: Report): void
  readonly figures: AuditFigures
}

export interface AuditFigures {
  bookUpdates: number
  trades: number
  quotesCompared: number
  /** Deltas and trades that the tape holds twice. */
  duplicates: number
  /** Events older than a watermark before them. */
  late: number
}

/** What a sequencer finds. */
const RULES: Partial<Record<GapEvent['reason'], Rule>> = {
  crossed: 'crossed',
  trades: 'trade-id',
  overflow: 'no-snapshot',
}
const TIMED = new Set<MarketEvent['kind']>(['book', 'trade', 'quote', 'mark', 'liquidation'])

export function instrumentAudit(rules: VenueRules): InstrumentAudit {
  const order = sequencer()
  const quotes = quoteAudit()
  const figures: AuditFigures = { bookUpdates: 0, trades: 0, quotesCompared: 0, duplicates: 0, late: 0 }
  const latest = new Map<string, number>()
  let watermark = Number.NEGATIVE_INFINITY
  let hadDelta = false
  let hadBook = false

  function checkTime(event: MarketEvent, stream: string, report: Report): void {
    if (event.kind === 'watermark') {
      if (event.exchangeTime <= watermark) report('control', `watermark ${event.exchangeTime} after ${watermark}`)
      watermark = Math.max(watermark, event.exchangeTime)
    }
    if (!TIMED.has(event.kind) || (event.kind === 'book' && event.type === 'snapshot')) return
    if (event.exchangeTime < watermark) figures.late += 1
    const before = latest.get(stream)
    latest.set(stream, event.exchangeTime)
    if (before !== undefined && event.exchangeTime < before) {
      report('exchange-time', `${stream}: ${event.exchangeTime} after ${before}`)
    }
  }
  function mismatch(found: QuoteMismatch | undefined, report: Report): void {
    if (!found) return
    const { updateId, venue, rebuilt } = found
    report('quote', `at update ${updateId} the venue said ${venue} (ticks, lots); the rebuilt book has ${rebuilt}`)
  }
  function onOrdered(event: MarketEvent, isTold: boolean, report: Report): void {
    if (event.kind === 'gap') {
      quotes.reset()
      if (!isTold) report(RULES[event.reason] ?? 'sequence', event.detail)
    } else if (event.kind === 'book') {
      hadBook = true
      if (event.type === 'delta') figures.bookUpdates += 1
      mismatch(quotes.onBook(event, order.book), report)
    } else if (event.kind === 'quote' && rules.quotesNameUpdates) mismatch(quotes.onQuote(event, order.book), report)
  }
  return {
    figures,
    step(event, stream, report) {
      checkTime(event, stream, report)
      if (event.kind === 'trade') figures.trades += 1
      else if (event.kind === 'book' && event.type === 'delta') hadDelta = true
      const isTold = event.kind === 'gap' || event.kind === 'connection'
      const { duplicates } = order
      order.step(event, (next) => onOrdered(next, isTold, report))
      if (event.kind === 'trade' && rules.tradesOnce && order.duplicates > duplicates) {
        report('trade-id', `trade ${event.tradeId} came before`)
      }
    },
    end(report) {
      figures.duplicates = order.duplicates
      figures.quotesCompared = quotes.compared
      if (hadDelta && !hadBook) report('no-snapshot', 'book updates, but no whole book that they follow')
    },
  }
}
