import type { MarketEvent } from '../../../../src/core/market-event.ts'
import type { Fill, OrderIntent } from '../../../../src/core/order.ts'
import { lots, ticks } from '../../../../src/core/units.ts'
import { SimulatedVenue } from '../../../../src/simulation/venue/simulated-venue.ts'
import { bookSimulation } from '../../../../src/simulation/venue/simulation-settings.ts'
import type { SimulatedVenueSettings } from '../../../../src/simulation/venue/venue-settings.ts'
import type { AccountEvent } from '../../../../src/trading/order-gateway.port.ts'
import { approved } from '../../../trading/support/approved.ts'
import { LINEAR, snapshot } from './market.ts'

export const SYMBOL = LINEAR.symbol

/** Bids 999 × 100, 998 × 200; asks 1001 × 100, 1002 × 200; at time 0. */
export const OPENING = snapshot(0, [999, 100, 998, 200], [1_001, 100, 1_002, 200])

export type Wanted = Partial<Omit<OrderIntent, 'lots' | 'price'>> & { lots: number; price: number }

/** A venue with one account and a short way to ask it. */
export function bench(settings: Partial<SimulatedVenueSettings> = {}, opening: readonly MarketEvent[] = [OPENING]) {
  const venue = new SimulatedVenue({
    instruments: [LINEAR],
    simulation: bookSimulation(0),
    deposit: '1000',
    leverage: 10,
    ...settings,
  })
  const events: AccountEvent[] = []
  venue.events$.subscribe((event) => events.push(event))
  let count = 0
  const feed = (...market: MarketEvent[]) => {
    for (const event of market) venue.onMarketEvent(event)
  }
  const send = (fields: Wanted) => {
    const clientId = fields.clientId ?? `c${++count}`
    const order = approved({ ...fields, clientId, lots: lots(fields.lots), price: ticks(fields.price) })
    return { clientId, answer: venue.submit(order) }
  }
  feed(...opening)
  return {
    venue,
    events,
    feed,
    /** Without waiting for the answer. */
    send,
    place: async (fields: Wanted) => {
      const { clientId, answer } = send(fields)
      return { clientId, submission: await answer }
    },
    fills: () => events.flatMap((event) => (event.kind === 'fill' ? [event.fill] : [])).map(brief),
    states: (clientId: string) =>
      events.flatMap((event) =>
        event.kind === 'order' && event.report.clientId === clientId
          ? [`${event.report.state} ${event.report.filledLots}`]
          : [],
      ),
    held: async () => (await venue.snapshot([SYMBOL])).positions[0]!,
    wallet: async () => (await venue.snapshot([SYMBOL])).balances[0]!.wallet,
  }
}

const brief = ({ side, price, lots: size, maker, at }: Fill) =>
  `${side} ${size}@${price}${maker ? ' maker' : ''} t${at}`
