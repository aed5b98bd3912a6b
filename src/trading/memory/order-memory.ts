import { check } from '../../core/check.ts'
import { type OrderIntent, TERMINAL } from '../../core/order.ts'
import { epochMs, lots } from '../../core/units.ts'
import type { Journal } from '../journal.port.ts'
import type { OrderRecord } from '../journal-records.ts'
import { lastKeys } from './last-keys.ts'

interface OrderMemory {
  addOwn(intent: OrderIntent): void
  readonly add: Journal['addExternalOrder']
  readonly save: Journal['saveOrder']
  readonly byClientId: Journal['order']
  readonly byVenueId: Journal['orderByVenueId']
  readonly open: Journal['openOrders']
}

/** Orders that live, and the last `endedMax` that have ended. */
export function orderMemory(endedMax: number): OrderMemory {
  const orders = new Map<string, OrderRecord>()
  /** Client ids by instrument and venue id. */
  const ids = new Map<string, string>()
  const ended = lastKeys(endedMax)
  const venueKey = ({ symbol, venueId }: Pick<OrderRecord, 'symbol' | 'venueId'>): string => `${symbol}\n${venueId}`

  function put(order: OrderRecord, before: OrderRecord | undefined): void {
    orders.set(order.clientId, order)
    if (order.venueId !== null) ids.set(venueKey(order), order.clientId)
    if (!TERMINAL.has(order.state) || (before && TERMINAL.has(before.state))) return
    const oldest = ended.push(order.clientId)
    if (oldest !== undefined) forget(oldest)
  }
  function forget(clientId: string): void {
    const order = orders.get(clientId)
    // One that was found alive again ends once more, and is in line once more.
    if (!order || !TERMINAL.has(order.state)) return
    orders.delete(clientId)
    ids.delete(venueKey(order))
  }
  function add(order: OrderRecord): void {
    check(!orders.has(order.clientId), 'one order per client id', order.clientId)
    put(order, undefined)
  }

  return {
    addOwn: (intent) =>
      // New keys come first: V8 adds those behind a spread one by one, thirty times slower.
      add({
        origin: 'own',
        state: 'intended',
        venueId: null,
        filledLots: lots(0),
        appliedLots: lots(0),
        updatedAt: epochMs(0),
        detail: '',
        ...intent,
      }),
    add,
    save(order) {
      const before = orders.get(order.clientId)
      if (before) put(order, before)
    },
    byClientId: (clientId) => orders.get(clientId),
    byVenueId(symbol, venueId) {
      const clientId = ids.get(venueKey({ symbol, venueId }))
      return clientId === undefined ? undefined : orders.get(clientId)
    },
    open: () =>
      [...orders.values()]
        .filter(({ state }) => !TERMINAL.has(state))
        .sort((a, b) => a.createdAt - b.createdAt || (a.clientId < b.clientId ? -1 : 1)),
  }
}
