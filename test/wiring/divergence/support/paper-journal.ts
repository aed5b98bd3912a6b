import { join } from 'node:path'
import { openState } from '../../../../src/adapters/sqlite/open-state.ts'
import type { OrderIntent } from '../../../../src/core/order.ts'
import { epochMs, lots, ticks } from '../../../../src/core/units.ts'
import { sequencer } from '../../../../src/market/sequencer.ts'
import { SimulatedVenue } from '../../../../src/simulation/venue/simulated-venue.ts'
import { bookSimulation } from '../../../../src/simulation/venue/simulation-settings.ts'
import { clientOrderId } from '../../../../src/trading/client-order-id.ts'
import { describeTapes } from '../../../../src/wiring/tape/describe-tapes.ts'
import { eventsOf, walkTapes } from '../../../../src/wiring/tape/walk-tapes.ts'
import { approved } from '../../../trading/support/approved.ts'
import { decisionRecord } from '../../../trading/support/decisions.ts'
import { INSTRUMENT, type PlannedOrder, START_AT } from './recorded-session.ts'

/** What a paper run that heard this tape would have left: orders met a simulated venue `latencyMs` after they were sent. */
export async function paperJournal(dir: string, tape: string, orders: readonly PlannedOrder[], latencyMs: number) {
  const state = openState(join(dir, 'state', 'paper.sqlite'), { mode: 'paper', venue: 'binanceusdm/test' })
  const { journal } = state
  const { symbol } = INSTRUMENT
  const simulation = bookSimulation(latencyMs)
  const venue = new SimulatedVenue({ instruments: [INSTRUMENT], simulation, deposit: '1000000', leverage: 5 })
  venue.events$.subscribe((event) => {
    if (event.kind === 'fill') journal.addFill({ ...event.fill, origin: 'own' })
    if (event.kind !== 'order') return
    const { clientId, state: now, filledLots, updatedAt, venueId } = event.report
    journal.saveOrder({
      ...journal.order(clientId)!,
      ...{ state: now, filledLots, appliedLots: filledLots, updatedAt, venueId },
    })
  })
  const order = sequencer()
  const cancels: { readonly at: number; readonly clientId: string }[] = []
  const waiting = [...orders]
  async function send({ side, lots: size, collarTicks, timeInForce = 'IOC', cancelMs }: PlannedOrder): Promise<void> {
    const createdAt = venue.now
    const decisionId = `${symbol}@${createdAt}`
    const clientId = clientOrderId('test', decisionId)
    const price = side === 'buy' ? order.book.askTicks + collarTicks : order.book.bidTicks - collarTicks
    const intent: OrderIntent = {
      ...{ clientId, decisionId, symbol, side, lots: lots(size), type: 'limit', price: ticks(price) },
      ...{ timeInForce, reduceOnly: false, createdAt },
    }
    const plain = decisionRecord(0)
    journal.recordDecision({
      ...plain,
      ...{ decisionId, clientId, symbol, verdict: { kind: 'approved' } },
      ...{ barStartAt: epochMs(createdAt - 1_000), barEndAt: createdAt },
      latency: { ...plain.latency, commitMs: 0, closeToSendMs: 3, sendToAnswerMs: 0 },
    })
    journal.addIntent(intent)
    await venue.submit(approved(intent))
    if (cancelMs !== undefined) cancels.push({ at: START_AT + cancelMs, clientId })
  }
  for await (const { outcome } of walkTapes(await describeTapes([tape]))) {
    for (const event of eventsOf(outcome)) {
      order.step(event, (ordered) => venue.onMarketEvent(ordered))
      while (waiting[0] && event.receivedAt >= START_AT + waiting[0].sentMs) await send(waiting.shift()!)
      while (cancels[0] && event.receivedAt >= cancels[0].at) void venue.cancel(symbol, cancels.shift()!.clientId)
    }
  }
  state.close()
}
