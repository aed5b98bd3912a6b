import {
  type CcxtGateway,
  type CcxtGatewayOptions,
  createCcxtGateway,
} from '../../../../src/adapters/ccxt/order-gateway.ts'
import { systemClock } from '../../../../src/adapters/clock/system-clock.ts'
import { systemScheduler } from '../../../../src/adapters/clock/system-scheduler.ts'
import type { Instrument } from '../../../../src/core/instrument.ts'
import { seededRandom } from '../../../../src/core/random.ts'
import type { AccountEvent } from '../../../../src/trading/order-gateway.port.ts'

export interface WatchedGateway {
  readonly gateway: CcxtGateway
  readonly events: readonly AccountEvent[]
}

/** A gateway to a server of this machine, all its events kept. Not started. */
export function watchedGateway(
  baseUrl: string,
  instruments: readonly Instrument[],
  options: Partial<CcxtGatewayOptions> = {},
): WatchedGateway {
  const gateway = createCcxtGateway({
    clock: systemClock(),
    scheduler: systemScheduler(),
    random: seededRandom(1),
    credentials: { apiKey: 'demo', secret: 'demo' },
    baseUrl,
    instruments,
    ...options,
  })
  const events: AccountEvent[] = []
  gateway.events$.subscribe((event) => events.push(event))
  return { gateway, events }
}
