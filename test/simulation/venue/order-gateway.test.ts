import { seededRandom } from '../../../src/core/random.ts'
import { SimulatedVenue } from '../../../src/simulation/venue/simulated-venue.ts'
import { bookSimulation } from '../../../src/simulation/venue/simulation-settings.ts'
import { orderGatewayContract } from '../../trading/order-gateway.contract.ts'
import { delta, LINEAR, snapshot } from './support/market.ts'

const STARTED_AT = 1_700_000_000_000

orderGatewayContract('simulated venue', async () => {
  const venue = new SimulatedVenue({
    instruments: [LINEAR],
    simulation: bookSimulation(0),
    deposit: '10000',
    leverage: 10,
  })
  const random = seededRandom(1)
  let at = STARTED_AT
  venue.onMarketEvent(snapshot(at, [9_999, 500, 9_998, 900], [10_000, 500, 10_001, 900]))
  return {
    gateway: venue,
    instrument: LINEAR,
    quotes: async () => ({ bidTicks: 9_999, askTicks: 10_000 }),
    pass: async () => {
      at += 10
      venue.onMarketEvent(delta(at, [9_998, 100 + Math.floor(random() * 900)], []))
    },
    now: () => venue.now,
    close: async () => undefined,
  }
})
