import { Subject } from 'rxjs'
import type { Instrument, InstrumentSymbol } from '../../src/core/instrument.ts'
import type { ApprovedOrder, Fill, OrderReport } from '../../src/core/order.ts'
import { type EpochMs, lots, signOf } from '../../src/core/units.ts'
import type { AccountEvent, AccountSnapshot, OrderGateway } from '../../src/trading/order-gateway.port.ts'

export interface InstantGateway extends OrderGateway {
  /** Monotonic time of each submission, emptied by the reader. */
  readonly sentAtMs: number[]
  /** Tells order, fill and position of everything submitted since the last call. */
  reportFills(): void
}

/** A venue without a wire: it accepts at once, fills everything at the order's own price without fee, and tells so when asked. */
export function instantGateway(
  instruments: readonly Instrument[],
  now: () => EpochMs,
  deposit: string,
): InstantGateway {
  const events = new Subject<AccountEvent>()
  const held = new Map<InstrumentSymbol, number>(instruments.map(({ symbol }) => [symbol, 0]))
  const sentAtMs: number[] = []
  let unreported: { readonly order: ApprovedOrder; readonly venueId: string }[] = []
  let lastId = 0
  const position = (symbol: InstrumentSymbol) => {
    const size = held.get(symbol) ?? 0
    return { symbol, lots: lots(size), entryPrice: size === 0 ? '0' : '60000', updatedAt: now() }
  }
  const snapshot = async (symbols: readonly InstrumentSymbol[]): Promise<AccountSnapshot> => ({
    openOrders: [],
    positions: symbols.map(position),
    balances: [{ currency: 'USDT', wallet: deposit, updatedAt: now() }],
  })

  function report(order: ApprovedOrder, venueId: string): void {
    const { symbol, clientId, side, price } = order
    const at = now()
    held.set(symbol, (held.get(symbol) ?? 0) + signOf(side) * order.lots)
    const told = { symbol, clientId, venueId, side, lots: order.lots }
    const terms = { priceTicks: price, reduceOnly: order.reduceOnly }
    const filled: OrderReport = { ...told, ...terms, state: 'filled', filledLots: order.lots, updatedAt: at }
    const money = { fee: '0', feeCurrency: 'USDT', realisedPnl: '0' }
    const fill: Fill = { ...told, ...money, tradeId: venueId, price, maker: false, at }
    events.next({ kind: 'order', report: filled })
    events.next({ kind: 'fill', fill })
    events.next({ kind: 'position', report: position(symbol) })
  }

  return {
    venue: 'instant',
    events$: events,
    sentAtMs,
    submit: async (order) => {
      sentAtMs.push(performance.now())
      const venueId = String(++lastId)
      unreported.push({ order, venueId })
      return { kind: 'accepted', venueId }
    },
    reportFills() {
      const now = unreported
      unreported = []
      for (const { order, venueId } of now) report(order, venueId)
    },
    cancel: async () => ({ kind: 'gone' }),
    find: async () => ({ kind: 'absent' }),
    snapshot,
    fillsSince: async () => [],
    close: async () => events.complete(),
  }
}
