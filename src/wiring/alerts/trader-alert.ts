import type { Alert } from '../../core/alert.ts'
import type { Converter, InstrumentSymbol } from '../../core/instrument.ts'
import type { EpochMs } from '../../core/units.ts'
import type { FillRecord, OrderRecord, PositionRecord } from '../../trading/journal-records.ts'
import type { ReconcileReport, TraderEvent } from '../../trading/trader-event.ts'
import { makeAlert } from './make-alert.ts'

type Converters = ReadonlyMap<InstrumentSymbol, Converter>

/** What a person wants to hear of orders and money. `now`: for events that carry no time of their own. */
export function traderAlert(event: TraderEvent, now: EpochMs, converters: Converters): Alert | undefined {
  switch (event.kind) {
    case 'order':
      return orderAlert(event.order, event.correction, now, converters)
    case 'fill':
      return fillAlert(event.fill, event.position, converters)
    case 'stream': {
      const { at, state, detail } = event
      const text = `account stream ${state}${detail ? `: ${detail}` : ''}`
      return state === 'down'
        ? makeAlert(at, 'disconnect', 'warning', `stream:down:${at}`, text)
        : makeAlert(at, 'reconnect', 'info', `stream:up:${at}`, text)
    }
    case 'reconciled':
      return reconcileAlert(event.report, event.at)
    case 'overfill': {
      const { symbol, clientId } = event.order
      const text = `${symbol}: order ${clientId} is filled further than its size; entries frozen`
      return makeAlert(now, 'halt', 'critical', `overfill:${clientId}`, text, { symbol, clientId })
    }
    case 'noisy-fill': {
      const { symbol, tradeId } = event.fill
      const text = `${symbol}: trade ${tradeId} came again with other figures; the venue was asked`
      return makeAlert(now, 'reconcile', 'warning', `noisy:${symbol}:${tradeId}`, text, { symbol, tradeId })
    }
    case 'halt': {
      const text = `entries halted (${event.code}): ${event.detail}`
      return makeAlert(event.at, 'halt', 'critical', `halt:${event.code}:${event.at}`, text, { code: event.code })
    }
    case 'cash':
      return undefined
  }
}

/** The states on the way are no news: the outcome is. */
const QUIET = new Set<OrderRecord['state']>(['intended', 'submitting', 'partial'])

function orderAlert(order: OrderRecord, correction: boolean, now: EpochMs, converters: Converters): Alert | undefined {
  const { symbol, side, state, clientId, detail } = order
  if (QUIET.has(state)) return undefined
  const size = converters.get(symbol)?.quantityText(order.lots) ?? `${order.lots} lots`
  const severity = state === 'rejected' || state === 'unknown' || correction ? 'warning' : 'info'
  const why = detail === '' ? '' : ` (${detail})`
  const text = `${symbol}: ${side} ${size} ${state}${why}${correction ? '; the venue corrected us' : ''}`
  return makeAlert(now, 'order', severity, `order:${clientId}:${state}`, text, { symbol, side, state, clientId })
}

function fillAlert(fill: FillRecord, position: PositionRecord, converters: Converters): Alert | undefined {
  const { symbol, side, tradeId, at, fee } = fill
  const convert = converters.get(symbol)
  if (!convert) return undefined
  const verb = side === 'buy' ? 'bought' : 'sold'
  const held = convert.quantityText(position.lots)
  const text = `${symbol}: ${verb} ${convert.quantityText(fill.lots)} at ${convert.priceText(fill.price)}, position ${held}`
  const data = { symbol, side, tradeId, fee, external: fill.origin !== 'own' }
  return makeAlert(at, 'fill', 'info', `fill:${symbol}:${tradeId}`, text, data)
}

/** Agreement is no news. */
function reconcileAlert(report: ReconcileReport, at: EpochMs): Alert | undefined {
  const { reason, answered, positionMatches, balanceMatches, fillsFound, mismatches, cause } = report
  if (answered && positionMatches && balanceMatches && fillsFound === 0) return undefined
  const severity = answered && positionMatches ? 'warning' : 'critical'
  const found = mismatches.map(({ what, of, ours, theirs }) => `${what} ${of}: ours ${ours}, venue ${theirs}`)
  const text = answered
    ? `reconciliation (${reason}): ${[`${fillsFound} missing fills fetched`, ...found].join('; ')}`
    : `reconciliation (${reason}): the venue did not answer: ${cause}`
  return makeAlert(at, 'reconcile', severity, `reconcile:${at}`, text, { reason, fillsFound })
}
