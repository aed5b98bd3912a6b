import type { InstrumentSymbol } from '../../core/instrument.ts'
import type { OrderType, TimeInForce } from '../../core/order.ts'
import type { EpochMs, Side } from '../../core/units.ts'
import type { Latency } from '../../simulation/latency/latency.ts'
import type { LatencySource } from '../../simulation/latency/measured-latency.ts'

/** One execution of an order. */
export interface Execution {
  readonly ticks: number
  readonly lots: number
  /** Decimal string, settle currency. */
  readonly fee: string
  readonly maker: boolean
}

/** What became of an order at one of the two venues. */
export interface Outcome {
  readonly state: string
  /** Why it was refused; empty otherwise. */
  readonly detail: string
  /** In the order of their time. */
  readonly fills: readonly Execution[]
  /** Mid of the tape when the order reached the matching engine, ticks; undefined: that time or the book is not known. */
  readonly arrivalMidTicks: number | undefined
}

/** An order that a session sent, and the same one sent to the simulated venue. */
export interface ComparedOrder {
  readonly clientId: string
  readonly symbol: InstrumentSymbol
  readonly side: Side
  readonly lots: number
  readonly type: OrderType
  readonly timeInForce: TimeInForce
  /** Handed to the socket, local clock. */
  readonly sentAt: EpochMs
  /** That the simulation used. */
  readonly latency: Latency
  readonly latencySource: LatencySource | 'given'
  /** Mid when it was sent, as we saw it, ticks; undefined: there was no book. */
  readonly sendMidTicks: number | undefined
  readonly real: Outcome
  readonly simulated: Outcome
}
