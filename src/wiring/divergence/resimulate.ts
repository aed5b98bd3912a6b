import type { Instrument, InstrumentSymbol } from '../../core/instrument.ts'
import type { MarketEvent, WatermarkEvent } from '../../core/market-event.ts'
import type { ApprovedOrder, Fill } from '../../core/order.ts'
import { type EpochMs, epochMs } from '../../core/units.ts'
import { type Sequencer, sequencer } from '../../market/sequencer.ts'
import type { ComparedOrder, Execution } from '../../report/divergence/compared-order.ts'
import type { Latency } from '../../simulation/latency/latency.ts'
import { SimulatedVenue } from '../../simulation/venue/simulated-venue.ts'
import type { SimulationSettings } from '../../simulation/venue/simulation-settings.ts'
import type { DescribedTapes } from '../tape/describe-tapes.ts'
import { eventsOf, walkTapes } from '../tape/walk-tapes.ts'
import { MidQuestions } from './mid-questions.ts'
import { QuoteDeltas } from './quote-deltas.ts'
import type { RecordedOrder } from './recorded-orders.ts'
import { settledFee } from './settled-fee.ts'
import type { TapeClocks } from './tape-clocks.ts'

export interface Resimulation {
  /** By the time they were sent. */
  readonly orders: readonly ComparedOrder[]
  /** Of the instruments that had a book. */
  readonly endMidTicks: ReadonlyMap<InstrumentSymbol, number>
}

interface Settings {
  readonly instruments: readonly Instrument[]
  readonly clocks: Pick<TapeClocks, 'offsetMsAt' | 'toAt'>
  readonly simulation: Omit<SimulationSettings, 'latency'>
  /** The session's venue lived on the local clock and saw the market with us. */
  readonly isPaper: boolean
}

/** Executions are compared, not what an account may do: no order fails for want of margin. */
const DEPOSIT = '1000000000000'

/**
 * Sends the recorded orders to a simulated venue that sees the tapes' market. The venue stands at the exchange: an event is there when
 * it happened (exchange clock, told in local time), not when it came to us, so that an order that arrives at a moment meets the book
 * of that moment whatever the feed's latency was. In paper the venue stood here, and events are there when they came.
 */
export async function resimulate(
  tapes: DescribedTapes,
  orders: readonly RecordedOrder[],
  settings: Settings,
): Promise<Resimulation> {
  const run = new Run(orders, settings)
  for await (const { outcome } of walkTapes(tapes)) {
    for (const event of eventsOf(outcome)) {
      const pending = run.step(event)
      if (pending) await pending
    }
  }
  return run.finish()
}

/** One instrument's market data on their way to the venue. */
interface Lane {
  readonly instrument: Instrument
  readonly order: Sequencer
  readonly quotes: QuoteDeltas
}

/** Something to do at the venue. */
interface Action {
  readonly at: number
  readonly kind: 'submit' | 'cancel'
  readonly index: number
}

/** What is learnt of one order on the way. */
interface Trace {
  sendMidTicks?: number | undefined
  realMidTicks?: number | undefined
  simulatedMidTicks?: number | undefined
  refusal?: string
  readonly fills: Execution[]
}

class Run {
  readonly #orders: readonly RecordedOrder[]
  readonly #settings: Settings
  readonly #venue: SimulatedVenue
  readonly #lanes: ReadonlyMap<InstrumentSymbol, Lane>
  readonly #mids = new MidQuestions()
  readonly #actions: readonly Action[]
  readonly #traces: readonly Trace[]
  readonly #traceOf = new Map<string, Trace>()
  /** Of the order that is handed to the venue. */
  #latency: Latency = { feedMs: 0, entryMs: 0, responseMs: 0 }
  #nextAction = 0
  /** Orders of which the mid at their sending is known. */
  #sent = 0
  #stamp = epochMs(0)

  constructor(orders: readonly RecordedOrder[], settings: Settings) {
    this.#orders = orders
    this.#settings = settings
    this.#traces = orders.map(() => ({ fills: [] }))
    for (const [index, { order }] of orders.entries()) this.#traceOf.set(order.clientId, this.#traces[index]!)
    this.#actions = actionsOf(orders)
    this.#lanes = new Map(
      settings.instruments.map((instrument) => [
        instrument.symbol,
        { instrument, order: sequencer(), quotes: new QuoteDeltas() },
      ]),
    )
    this.#venue = new SimulatedVenue({
      // A small exit is allowed where the position is known, and here it is not.
      instruments: settings.instruments.map((one) => ({ ...one, notionalMin: 0 })),
      simulation: { ...settings.simulation, latency: { at: () => this.#latency } },
      deposit: DEPOSIT,
      leverage: 1,
    })
    this.#venue.events$.subscribe((event) => {
      if (event.kind === 'fill') this.#traceOf.get(event.fill.clientId)?.fills.push(executionOf(event.fill))
    })
  }

  /** A promise only where there was something to do: a tape has millions of events. */
  step(event: MarketEvent): Promise<void> | undefined {
    const lane = this.#lanes.get(event.symbol)
    if (!lane) return undefined
    this.#noteSent(event.receivedAt)
    const at = this.#stampOf(event)
    const due = this.#actions[this.#nextAction]
    if (due && due.at < at) return this.#actUpTo(at).then(() => this.#pass(event, lane, at))
    this.#pass(event, lane, at)
    return undefined
  }

  async finish(): Promise<Resimulation> {
    const { instruments, clocks } = this.#settings
    this.#noteSent(Number.POSITIVE_INFINITY)
    await this.#actUpTo(Number.POSITIVE_INFINITY)
    // What arrives before the tape's end is answered, though no event follows.
    for (const { symbol } of instruments) this.#tell(symbol, epochMs(Math.max(clocks.toAt, this.#stamp) + FLUSH_MS))
    this.#mids.finish()
    const mids = instruments.flatMap(({ symbol }) => {
      const mid = this.#mids.last(symbol)
      return mid === undefined ? [] : [[symbol, mid] as const]
    })
    const compared: ComparedOrder[] = []
    for (const [index, order] of this.#orders.entries())
      compared.push(await this.#compared(order, this.#traces[index]!))
    return { orders: compared, endMidTicks: new Map(mids) }
  }

  #pass(event: MarketEvent, { order, quotes }: Lane, at: EpochMs): void {
    this.#mids.passTo(event.symbol, at)
    if (event.kind === 'quote') {
      this.#mids.onEvent(event, order.book, order.synced)
      const delta = this.#settings.isPaper || !order.synced ? undefined : quotes.onQuote(event)
      if (delta) this.#venue.onMarketEvent({ ...delta, receivedAt: at })
      return
    }
    order.step(event, (ordered) => {
      this.#mids.onEvent(ordered, order.book, order.synced)
      if (ordered.kind === 'book') quotes.onBook(ordered)
      if (ordered.kind === 'gap' && ordered.reason !== 'trades') quotes.void()
      // Watermarks stand in the time of bars.
      if (ordered.kind !== 'watermark') this.#venue.onMarketEvent({ ...ordered, receivedAt: at })
    })
  }

  /** When the venue sees an event, local clock; never before an earlier one of the tape. */
  #stampOf(event: MarketEvent): EpochMs {
    const { isPaper } = this.#settings
    const isMarket = event.kind === 'book' || event.kind === 'trade' || event.kind === 'quote'
    const at = isPaper ? event.receivedAt : event.exchangeTime - this.#offsetMsAt(event.receivedAt)
    // What else there is (marks, gaps) is told on clocks of its own, and comes in its place.
    if (isMarket || isPaper) this.#stamp = epochMs(Math.max(this.#stamp, at))
    return this.#stamp
  }

  /** Exchange clock − local clock; 0 in a run that decided nothing. */
  #offsetMsAt(at: EpochMs): number {
    const { isPaper, clocks } = this.#settings
    return isPaper ? 0 : (clocks.offsetMsAt(at) ?? 0)
  }

  #noteSent(until: number): void {
    for (let next = this.#orders[this.#sent]; next && next.sentAt < until; next = this.#orders[this.#sent]) {
      this.#traces[this.#sent]!.sendMidTicks = this.#mids.now(next.order.symbol)
      this.#sent += 1
    }
  }

  async #actUpTo(until: number): Promise<void> {
    for (let next = this.#actions[this.#nextAction]; next && next.at < until; next = this.#actions[this.#nextAction]) {
      this.#nextAction += 1
      const recorded = this.#orders[next.index]!
      const { symbol, clientId } = recorded.order
      this.#tell(symbol, epochMs(next.at))
      // Events are there when they happened, so the feed takes no time; and what the answer takes changes no fill.
      this.#latency = { feedMs: 0, entryMs: recorded.latency.entryMs, responseMs: 0 }
      // Its answer comes when it has arrived, and the next event waits for this.
      if (next.kind === 'cancel') void this.#venue.cancel(symbol, clientId)
      else await this.#submit(recorded, this.#traces[next.index]!)
    }
  }

  async #submit({ order, sentAt, arrivedAt, latency }: RecordedOrder, trace: Trace): Promise<void> {
    const { symbol } = order
    this.#mids.ask(symbol, sentAt + latency.entryMs, (mid) => {
      trace.simulatedMidTicks = mid
    })
    if (arrivedAt !== undefined) {
      this.#mids.ask(symbol, arrivedAt, (mid) => {
        trace.realMidTicks = mid
      })
    }
    const submission = await this.#venue.submit(intentOf(order, this.#offsetMsAt(sentAt)))
    if (submission.kind === 'rejected') trace.refusal = `${submission.code}: ${submission.reason}`
  }

  /** Time alone. */
  #tell(symbol: InstrumentSymbol, at: EpochMs): void {
    const watermark: WatermarkEvent = { kind: 'watermark', symbol, exchangeTime: at, receivedAt: at }
    this.#venue.onMarketEvent(watermark)
  }

  async #compared(recorded: RecordedOrder, trace: Trace): Promise<ComparedOrder> {
    const { order, fills, sentAt, latency, latencySource } = recorded
    const found = await this.#venue.find(order.symbol, order.clientId)
    const instrument = this.#lanes.get(order.symbol)!.instrument
    const { clientId, symbol, side, lots, type, timeInForce } = order
    return {
      ...{ clientId, symbol, side, lots, type, timeInForce, sentAt, latency, latencySource },
      sendMidTicks: trace.sendMidTicks,
      real: {
        state: order.state,
        detail: order.detail,
        fills: fills.map((fill) => executionOf({ ...fill, fee: settledFee(fill, instrument) })),
        arrivalMidTicks: trace.realMidTicks,
      },
      simulated: {
        state: found.kind === 'found' ? found.report.state : 'rejected',
        detail: trace.refusal ?? '',
        fills: trace.fills,
        arrivalMidTicks: trace.simulatedMidTicks,
      },
    }
  }
}

/** Longer than any answer is under way. */
const FLUSH_MS = 600_000

function actionsOf(orders: readonly RecordedOrder[]): readonly Action[] {
  return orders
    .flatMap(({ sentAt, cancelledAt, latency }, index): Action[] => {
      const submit = { at: sentAt, kind: 'submit', index } as const
      // It takes the order's own way, and comes to the venue when the real one did.
      if (cancelledAt === undefined) return [submit]
      return [submit, { at: Math.max(sentAt, cancelledAt - latency.entryMs), kind: 'cancel', index }]
    })
    .sort((a, b) => a.at - b.at)
}

const executionOf = ({ price, lots, fee, maker }: Fill): Execution => ({ ticks: price, lots, fee, maker })

/**
 * Risk approved it when it was sent. Never reduce-only, of no side's position and without protection of its own: the simulated position
 * may differ by then, and one missed fill would be counted again in every order after it. `offsetMs`: exchange clock − that of the venue.
 */
function intentOf(order: RecordedOrder['order'], offsetMs: number): ApprovedOrder {
  const { expiresAt, positionSide: _side, protection: _protection, ...rest } = order
  const ends = expiresAt === undefined ? {} : { expiresAt: epochMs(expiresAt - offsetMs) }
  return { ...rest, ...ends, reduceOnly: false } as unknown as ApprovedOrder
}
