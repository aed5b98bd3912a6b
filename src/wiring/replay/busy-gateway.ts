import type { OrderGateway } from '../../trading/order-gateway.port.ts'

/** A venue in a tape's time, and whether the trader has something of it to work through before the tape goes on. */
export interface BusyGateway {
  readonly gateway: OrderGateway
  /** Whether the venue has told something since the last call, or owes an answer. */
  isBusy(): boolean
}

export function busyGateway(venue: OrderGateway): BusyGateway {
  let owed = 0
  let hasTold = false
  venue.events$.subscribe(() => {
    hasTold = true
  })
  async function awaited<T>(answer: Promise<T>): Promise<T> {
    owed += 1
    try {
      return await answer
    } finally {
      owed -= 1
      hasTold = true
    }
  }
  return {
    gateway: {
      venue: venue.venue,
      events$: venue.events$,
      submit: (order) => awaited(venue.submit(order)),
      cancel: (symbol, clientId) => awaited(venue.cancel(symbol, clientId)),
      find: (symbol, clientId) => venue.find(symbol, clientId),
      snapshot: (symbols) => venue.snapshot(symbols),
      fillsSince: (symbol, since) => venue.fillsSince(symbol, since),
      close: () => venue.close(),
    },
    isBusy() {
      const isBusy = hasTold || owed > 0
      hasTold = false
      return isBusy
    },
  }
}
