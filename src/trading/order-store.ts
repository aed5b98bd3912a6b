import type { InstrumentSymbol } from '../core/instrument.ts'
import { type OrderReport, TERMINAL } from '../core/order.ts'
import { epochMs, lots } from '../core/units.ts'
import type { Journal } from './journal.port.ts'
import type { OrderRecord } from './journal-records.ts'
import { type OrderEvent, stepOrder } from './order-lifecycle.ts'

/** What an answer told besides the state. */
export interface Told {
  readonly venueId?: string
  readonly detail?: string
}

export interface OrderChange {
  readonly order: OrderRecord
  readonly changed: boolean
  readonly correction: boolean
}

/** Orders: those alive in memory, all in the journal. */
export interface OrderStore {
  find(clientId: string): OrderRecord | undefined
  /** By client id, else by the venue's: REST fills of some venues carry no client id. */
  findOf(ids: Pick<OrderReport, 'symbol' | 'clientId' | 'venueId'>): OrderRecord | undefined
  open(symbol?: InstrumentSymbol): readonly OrderRecord[]
  /** Own orders filled further than the fills we have. */
  shortOfFills(symbol: InstrumentSymbol): readonly OrderRecord[]
  /** Writes the order after `event` to the journal, inside a transaction; `remember` it after the commit. */
  step(order: OrderRecord, event: OrderEvent, told: Told): OrderChange
  /** Books an order that no intent explains, with the fills that came before it; inside a transaction. */
  addExternal(report: OrderReport): OrderRecord
  remember(order: OrderRecord): void
}

/** Begins the key of an external order that has no client id: the venue cannot be asked for it. */
export const NAMELESS = 'venue:'

export function orderStore(journal: Journal): OrderStore {
  // An external order may have filled before the ledger began: of it, only the position tells whether a fill is missing.
  const isShort = ({ origin, appliedLots, filledLots }: OrderRecord) => origin === 'own' && appliedLots < filledLots
  const active = new Map(journal.openOrders().map((order) => [order.clientId, order]))
  const short = new Map([...active].filter(([, order]) => isShort(order)))
  const find = (clientId: string): OrderRecord | undefined => active.get(clientId) ?? journal.order(clientId)

  return {
    find,
    findOf({ symbol, clientId, venueId }) {
      const byClientId = clientId === '' ? undefined : find(clientId)
      if (byClientId || venueId === '') return byClientId
      const byVenueId = journal.orderByVenueId(symbol, venueId)
      return byVenueId && (active.get(byVenueId.clientId) ?? byVenueId) // Memory may be ahead of the row (`submitting`).
    },
    open: (symbol) => [...active.values()].filter((order) => symbol === undefined || order.symbol === symbol),
    shortOfFills: (symbol) => [...short.values()].filter((order) => order.symbol === symbol),
    step(before, event, told) {
      const venueId = before.venueId ?? (told.venueId || null)
      const claimed =
        venueId !== null && before.venueId === null ? journal.claimFills(before.symbol, venueId, before.clientId) : 0
      const appliedLots = before.appliedLots + claimed
      const first = stepOrder(before, event)
      const second = stepOrder(first.status, { kind: 'filled', filledLots: appliedLots })
      const changes = [first.change, second.change]
      const moved = changes.some((change) => change !== 'ignored')
      const { state, filledLots, updatedAt } = second.status
      const order: OrderRecord = {
        ...before,
        state,
        filledLots,
        updatedAt: epochMs(updatedAt),
        venueId,
        appliedLots,
        detail: moved ? (told.detail ?? '') : before.detail,
      }
      const changed = moved || venueId !== before.venueId || event.kind === 'filled'
      if (changed) journal.saveOrder(order)
      return { order, changed, correction: changes.includes('correction') }
    },
    addExternal(report) {
      const external = externalOrder(report)
      journal.addExternalOrder(external)
      const appliedLots = journal.claimFills(report.symbol, report.venueId, external.clientId)
      const order = { ...external, appliedLots }
      if (appliedLots > 0) journal.saveOrder(order)
      return order
    },
    remember(order) {
      if (TERMINAL.has(order.state)) active.delete(order.clientId)
      else active.set(order.clientId, order)
      if (isShort(order)) short.set(order.clientId, order)
      else short.delete(order.clientId)
    },
  }
}

function externalOrder(report: OrderReport): OrderRecord {
  return {
    clientId: report.clientId || `${NAMELESS}${report.symbol}:${report.venueId}`,
    decisionId: null,
    origin: 'external',
    symbol: report.symbol,
    side: report.side,
    lots: lots(report.lots),
    type: report.priceTicks > 0 ? 'limit' : 'market',
    price: report.priceTicks,
    timeInForce: 'GTC',
    reduceOnly: report.reduceOnly,
    createdAt: report.updatedAt,
    state: report.state,
    venueId: report.venueId,
    filledLots: report.filledLots,
    appliedLots: 0,
    updatedAt: report.updatedAt,
    detail: '',
  }
}
