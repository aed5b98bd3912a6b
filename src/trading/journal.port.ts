import type { Alert } from '../core/alert.ts'
import type { ByGroup } from '../core/by-group.ts'
import type { Instrument, InstrumentSymbol } from '../core/instrument.ts'
import type { OrderIntent, OrderState } from '../core/order.ts'
import type { EpochMs } from '../core/units.ts'
import type { OversightStatus } from '../inference/oversight/oversight-status.ts'
import type {
  BalanceRecord,
  CashRecord,
  DecisionRecord,
  FillRecord,
  LatchRecord,
  LatencyRecord,
  OrderRecord,
  PositionRecord,
} from './journal-records.ts'

/** Closed loop of orders: decisions ≥ decisions with an order ≥ intents. Counted by the store itself, not by its caller. */
export interface JournalCounts {
  readonly decisions: number
  readonly ordersDecided: number
  readonly intents: number
  readonly fills: number
}

/** The part of a decision's latencies that only sending can measure. */
export type SendLatency = Pick<LatencyRecord, 'commitMs' | 'closeToSendMs' | 'sendToAnswerMs'>

/**
 * The ledger's store. Synchronous: an order waits for its intent to be on the disk, nothing else may come between. Every method is
 * one durable transaction of its own, unless it runs inside `transaction`. A store that cannot write throws.
 */
export interface Journal {
  /** All or nothing; durable when it returns. Does not nest. */
  transaction<T>(work: () => T): T

  /** False when this instrument's bar already has its row: nothing changes. */
  recordDecision(record: DecisionRecord): boolean
  /** Fills in what only sending could measure. */
  recordLatency(decisionId: string, latency: SendLatency): void

  /** Adds the intent and its order in state `intended`. Throws when the client id or its decision already has one. */
  addIntent(intent: OrderIntent): void
  addExternalOrder(order: OrderRecord): void
  saveOrder(order: OrderRecord): void
  order(clientId: string): OrderRecord | undefined
  orderByVenueId(symbol: InstrumentSymbol, venueId: string): OrderRecord | undefined
  /** Orders that are not terminal, oldest first. */
  openOrders(): readonly OrderRecord[]

  /** False when `(symbol, tradeId)` is there already: nothing changes. */
  addFill(fill: FillRecord): boolean
  fill(symbol: InstrumentSymbol, tradeId: string): FillRecord | undefined
  /** Gives the external fills of `venueId` to the own order `clientId`, and says how many lots they are. */
  claimFills(symbol: InstrumentSymbol, venueId: string, clientId: string): number
  /** Fills of the ledger (not `opening`) with `at ≥ since`, ascending. */
  fillsSince(since: EpochMs): readonly FillRecord[]
  /** Time of the newest fill of the instrument; undefined when there is none. */
  lastFillAt(symbol: InstrumentSymbol): EpochMs | undefined

  savePosition(position: PositionRecord): void
  positions(): readonly PositionRecord[]
  saveBalance(balance: BalanceRecord): void
  balances(): readonly BalanceRecord[]
  /** False when an equal one is there already: nothing changes. */
  addCash(cash: CashRecord): boolean

  /** Keeps the first reason when the latch is already set. */
  setLatch(latch: LatchRecord): void
  clearLatch(name: string): void
  latches(): readonly LatchRecord[]

  counts(): JournalCounts
  meta(key: string): string | undefined
  /** `instruments`, a JSON array of `Instrument`, is what the reader tells ticks and lots by; `model` is the summary's. */
  setMeta(key: string, value: string): void
}

/** An order as `why` tells it: with the fills that belong to it. */
export interface OrderStory {
  readonly order: OrderRecord
  readonly fills: readonly FillRecord[]
}

/** An own order with what its sending measured. */
export interface SentOrder extends OrderStory {
  readonly latency: LatencyRecord
}

export interface DecisionStory {
  /** Counts the instrument's decisions from 0. */
  readonly index: number
  readonly decision: DecisionRecord
  /** Absent when the decision made no order. */
  readonly story?: OrderStory
}

export interface JournalSummary {
  readonly mode: string
  readonly venue: string
  /** As the venue last described them: what ticks and lots are worth. */
  readonly instruments: readonly Instrument[]
  /** In use, or used last; null before a daemon has begun. */
  readonly model: ByGroup<{ readonly modelId: string; readonly provider: string }> | null
  /** How the model in use was doing a minute ago or less; null: it is not watched. */
  readonly oversight: ByGroup<OversightStatus> | null
  readonly bars: number
  readonly counts: JournalCounts
  readonly ordersByState: Readonly<Partial<Record<OrderState, number>>>
  readonly positions: readonly PositionRecord[]
  readonly balances: readonly BalanceRecord[]
  readonly latches: readonly LatchRecord[]
  readonly openOrders: readonly OrderRecord[]
  /** Newest first, at most 10. */
  readonly alerts: readonly Alert[]
  readonly alertsPending: number
}

/** What `status` and `why` read, also while a daemon writes. */
export interface JournalReader {
  summary(): JournalSummary
  /** The newest, of `symbol` or of all. */
  latestDecision(symbol?: InstrumentSymbol): DecisionStory | undefined
  /** By decision id; by bar end (epoch ms); or by index: 0 is the first, −1 the last. */
  decisionAt(bar: string | number, symbol?: InstrumentSymbol): DecisionStory | undefined
  /** Own orders made from `from` to `to` (local clock, both inclusive), oldest first. */
  sentOrders(from: EpochMs, to: EpochMs): readonly SentOrder[]
  close(): void
}
