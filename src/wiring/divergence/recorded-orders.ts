import { InputError } from '../../core/errors.ts'
import type { OrderState, TimeInForce } from '../../core/order.ts'
import { type EpochMs, epochMs } from '../../core/units.ts'
import { interpolatedLatency } from '../../simulation/latency/interpolated-latency.ts'
import type { Latency } from '../../simulation/latency/latency.ts'
import { type LatencySource, type MeasuredLatency, measuredLatency } from '../../simulation/latency/measured-latency.ts'
import { clientOrderId } from '../../trading/client-order-id.ts'
import type { SentOrder } from '../../trading/journal.port.ts'
import type { TapeClocks } from './tape-clocks.ts'

/** An order of the session with its way to the venue. Times on the local clock. */
export interface RecordedOrder extends Pick<SentOrder, 'order' | 'fills'> {
  readonly sentAt: EpochMs
  /** When the venue's matching engine dealt with it first; undefined: the venue did not say. */
  readonly arrivedAt: EpochMs | undefined
  readonly latency: Latency
  readonly latencySource: LatencySource | 'given'
  /** When a cancel ended it at the venue; undefined: it ended otherwise, or has not. */
  readonly cancelledAt: EpochMs | undefined
}

export interface RecordedOrders {
  /** By the time they were sent. */
  readonly orders: readonly RecordedOrder[]
  /** What they measured, by the same time. */
  readonly measured: readonly MeasuredLatency[]
  /** Sent inside the tapes, arrived after their end. */
  readonly late: number
  /** Nobody knows what became of them. */
  readonly unresolved: number
}

const UNRESOLVED: ReadonlySet<OrderState> = new Set(['intended', 'submitting', 'unknown', 'absent'])
/** Over as soon as they are matched: the venue's last report tells when that was. */
const IMMEDIATE: ReadonlySet<TimeInForce> = new Set(['IOC', 'FOK', 'GTX'])

interface Timed extends Pick<RecordedOrder, 'order' | 'fills' | 'sentAt' | 'arrivedAt' | 'cancelledAt'> {
  readonly measured: MeasuredLatency | undefined
}

/**
 * The journal's orders on the tapes' clock. `isPaper`: its venue lived on the local clock and saw the market with us. `entryMs`: taken
 * instead of what was measured. Throws `InputError` for orders of another ledger, and when no order measured anything.
 */
export function recordedOrders(
  sent: readonly SentOrder[],
  clocks: TapeClocks,
  { isPaper, entryMs }: { readonly isPaper: boolean; readonly entryMs?: number | undefined },
): RecordedOrders {
  const known = sent.filter(({ order }) => !UNRESOLVED.has(order.state))
  for (const one of known) checkLedger(one, clocks)
  const timed = known.map((one) => timesOf(one, clocks, isPaper)).sort((a, b) => a.sentAt - b.sentAt)
  const measured = timed.flatMap((one) => (one.measured ? [one.measured] : []))
  if (known.length > 0 && measured.length === 0 && entryMs === undefined) {
    throw new InputError('no order of the session says how long its way was; give its latency with --latency')
  }
  const around = measured.length > 0 ? interpolatedLatency(measured) : undefined
  const orders = timed.map(({ measured: own, ...one }): RecordedOrder => {
    const latency = own ?? around?.at(one.sentAt) ?? { feedMs: 0, entryMs: 0, responseMs: 0 }
    if (entryMs !== undefined) return { ...one, latency: { ...plain(latency), entryMs }, latencySource: 'given' }
    return { ...one, latency: plain(latency), latencySource: own?.source ?? 'interpolated' }
  })
  const inTime = orders.filter(({ sentAt, latency }) => sentAt + latency.entryMs <= clocks.toAt)
  return {
    orders: inTime,
    measured,
    late: orders.length - inTime.length,
    unresolved: sent.length - known.length,
  }
}

const plain = ({ feedMs, entryMs, responseMs }: Latency): Latency => ({ feedMs, entryMs, responseMs })

/** The client order id is a function of ledger and decision: a ledger of the same mode and time is told by it. */
function checkLedger({ order }: SentOrder, { ledgerTag }: TapeClocks): void {
  if (ledgerTag !== undefined && order.clientId === clientOrderId(ledgerTag, order.decisionId ?? '')) return
  throw new InputError(
    `order ${order.clientId} of the journal is not one of the ledger that the tapes are of (${ledgerTag ?? 'none: their run decided nothing'}): ` +
      'name the state folder of the recorded run with --state',
    { clientId: order.clientId },
  )
}

function timesOf({ order, fills, latency }: SentOrder, clocks: TapeClocks, isPaper: boolean): Timed {
  const sentAt = epochMs(order.createdAt + (isPaper ? 0 : (latency.closeToSendMs ?? 0)))
  const offsetMs = isPaper ? 0 : clocks.offsetMsAt(sentAt)
  const local = (at: EpochMs | undefined): EpochMs | undefined =>
    at === undefined || offsetMs === undefined ? undefined : epochMs(at - offsetMs)
  const matchedAt = matchedAtOf(order, fills)
  const measured = measuredLatency({
    sentAt,
    matchedAt,
    answeredAt:
      isPaper || latency.sendToAnswerMs === null || order.state === 'rejected'
        ? undefined
        : epochMs(sentAt + latency.sendToAnswerMs),
    offsetMs,
    feedMs: isPaper ? 0 : clocks.rawFeedMsAt(sentAt) + (offsetMs ?? 0),
  })
  const isCancelled = order.state === 'cancelled' && order.updatedAt > 0 && !IMMEDIATE.has(order.timeInForce)
  return {
    ...{ order, fills, sentAt, measured },
    arrivedAt: local(matchedAt),
    cancelledAt: isCancelled ? local(order.updatedAt) : undefined,
  }
}

/** Venue clock. Of a resting order the journal keeps the newest report only, not when it came. */
function matchedAtOf({ state, timeInForce, updatedAt, type }: SentOrder['order'], fills: SentOrder['fills']) {
  // The others wait for a price first.
  if (type !== 'limit' && type !== 'market') return undefined
  const [first] = fills
  if (first) return first.maker ? undefined : first.at
  const isOver = state === 'expired' || state === 'cancelled'
  return isOver && updatedAt > 0 && (type === 'market' || IMMEDIATE.has(timeInForce)) ? updatedAt : undefined
}
