import { openJournalReader } from '../../adapters/sqlite/journal-reader.ts'
import { InputError } from '../../core/errors.ts'
import type { Instrument, InstrumentSymbol } from '../../core/instrument.ts'
import { type DivergenceReport, divergenceReport } from '../../report/divergence/divergence-report.ts'
import type { LatencySource } from '../../simulation/latency/measured-latency.ts'
import { bookSimulation, type SimulationSettings } from '../../simulation/venue/simulation-settings.ts'
import type { SentOrder } from '../../trading/journal.port.ts'
import type { Config } from '../config/schema.ts'
import { describeTapes } from '../tape/describe-tapes.ts'
import { type RecordedOrders, recordedOrders } from './recorded-orders.ts'
import { resimulate } from './resimulate.ts'
import { sessionOf } from './session-of.ts'
import { isForeignFee } from './settled-fee.ts'
import { type TapeClocks, tapeClocks } from './tape-clocks.ts'

export interface DivergenceInputs {
  readonly files: readonly string[]
  readonly config: Config
  readonly configFile: string
  readonly stateDir: string
  /** One-way latency of orders instead of the measured, milliseconds. */
  readonly entryMs?: number | undefined
}

/** Milliseconds; null where no order says it. */
interface LatencyFigures {
  readonly median: number | null
  readonly p99: number | null
}

export interface Divergence {
  readonly session: {
    readonly mode: string
    readonly venueId: string
    readonly files: readonly string[]
    readonly fromAt: number
    readonly toAt: number
  }
  readonly latency: {
    /** Orders by how their latency is known. */
    readonly sources: Readonly<Partial<Record<LatencySource | 'given', number>>>
    readonly feedMs: LatencyFigures
    readonly entryMs: LatencyFigures
    readonly responseMs: LatencyFigures
  }
  /** Orders that are not compared. */
  readonly setAside: { readonly late: number; readonly unresolved: number; readonly withoutBook: number }
  /** Fills whose fee was paid in another currency: reckoned by the instrument's rates. */
  readonly feesReckoned: number
  readonly report: DivergenceReport
}

/** Throws `InputError` for tapes, journal or configuration that do not belong together, and where there is nothing to compare. */
export async function divergenceOf(inputs: DivergenceInputs): Promise<Divergence> {
  const { files, config, entryMs } = inputs
  const { session, stateFile } = await sessionOf(inputs)
  const tapes = await describeTapes(files)
  const clocks = await tapeClocks(tapes)
  const { instruments } = session
  const known = new Map(instruments.map((one) => [one.symbol, one]))
  const sent = sentIn(stateFile, clocks, files).filter(({ order }) => known.has(order.symbol))
  const isPaper = session.mode === 'paper'
  const recorded = recordedOrders(sent, clocks, { isPaper, entryMs })
  const { orders, endMidTicks } = await resimulate(tapes, recorded.orders, {
    ...{ instruments, clocks, isPaper },
    simulation: simulationOf(config),
  })
  const compared = orders.filter(({ symbol }) => endMidTicks.has(symbol))
  if (compared.length === 0) {
    throw new InputError(
      `${files.join(', ')}: no order can be compared: ${sent.length} sent, ${recorded.late} arrived after the end of the tapes, ` +
        `${recorded.unresolved} with an unknown end, ${orders.length} of instruments without a whole book on the tapes`,
    )
  }
  return {
    session: {
      ...{ mode: session.mode, venueId: session.venueId, files },
      ...{ fromAt: clocks.fromAt, toAt: clocks.toAt },
    },
    latency: latencyOf(recorded),
    setAside: {
      ...{ late: recorded.late, unresolved: recorded.unresolved },
      withoutBook: orders.length - compared.length,
    },
    feesReckoned: foreignFees(recorded.orders, known),
    report: divergenceReport(compared, known, endMidTicks),
  }
}

const foreignFees = (
  orders: RecordedOrders['orders'],
  instruments: ReadonlyMap<InstrumentSymbol, Instrument>,
): number =>
  orders.flatMap(({ fills }) => fills.filter((fill) => isForeignFee(fill, instruments.get(fill.symbol)!))).length

function sentIn(file: string, { fromAt, toAt }: TapeClocks, files: readonly string[]): readonly SentOrder[] {
  const reader = openJournalReader(file)
  try {
    const sent = reader.sentOrders(fromAt, toAt)
    if (sent.length > 0) return sent
    const { counts } = reader.summary()
    throw new InputError(
      `${file}: none of its ${counts.intents} orders was sent from ${iso(fromAt)} to ${iso(toAt)}, which ${files.join(', ')} tell of`,
    )
  } finally {
    reader.close()
  }
}

/** What the configuration says of the simulated venue; else as paper has it. */
function simulationOf(config: Config): Omit<SimulationSettings, 'latency'> {
  const { queue, candles } = bookSimulation(0)
  const said = 'simulation' in config ? config.simulation.queue : queue
  return { queue: said, candles, messagesPerMinuteMax: 0 } // The real venue has counted them.
}

function latencyOf({ orders, measured }: RecordedOrders): Divergence['latency'] {
  const sources: Partial<Record<LatencySource | 'given', number>> = {}
  for (const { latencySource } of orders) sources[latencySource] = (sources[latencySource] ?? 0) + 1
  return {
    sources,
    feedMs: figures(measured.map(({ feedMs }) => feedMs)),
    entryMs: figures(measured.map(({ entryMs }) => entryMs)),
    responseMs: figures(measured.map(({ responseMs }) => responseMs)),
  }
}

function figures(values: readonly number[]): LatencyFigures {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share: number): number | null => sorted[Math.floor(share * (sorted.length - 1))] ?? null
  return { median: at(0.5), p99: at(0.99) }
}

const iso = (ms: number): string => new Date(ms).toISOString()
