import { z } from 'zod'
import { check } from '../../core/check.ts'
import { InputError } from '../../core/errors.ts'
import type { Instrument, InstrumentSymbol } from '../../core/instrument.ts'
import type { ConnectionEvent, ExternalEvent, GapEvent, WatermarkEvent } from '../../core/market-event.ts'
import type { EpochMs } from '../../core/units.ts'

/** Version of the vocabulary below. A tape of a later one is refused. */
export const TAPE_FORMAT = 1

/** First line of every file of ours: what is needed to read the rest. */
export interface SessionRecord {
  readonly kind: 'session'
  readonly format: number
  /** Who wrote it, e.g. `tickwright 0.3.0`. */
  readonly program: string
  /** The venue as ccxt names it, e.g. `binanceusdm`: it chooses the mapper. */
  readonly venueId: string
  /** `record`, `paper`, …, or `import`: then the instruments are inferred from the frames and times may be those of the exchange. */
  readonly mode: string
  /** As the venue described them. */
  readonly instruments: readonly Instrument[]
  /** Names of the streams asked for; empty where the feed does not say. */
  readonly streams: readonly string[]
  /** Start of the session, the same in all of its files. */
  readonly startedAt: EpochMs
  /** From 1. */
  readonly fileNumber: number
  /** Name of the session's file before this one, without a folder; null for the first. */
  readonly previousFile: string | null
}

/** An event of our own making: the venue's frames do not tell it. */
export type ControlEvent = WatermarkEvent | GapEvent | ConnectionEvent | ExternalEvent

export interface EventRecord {
  readonly kind: 'event'
  readonly event: ControlEvent
}

/** What else went into decisions, opaque here. */
export interface DecisionInputsRecord {
  readonly kind: 'decision-inputs'
  readonly symbol: InstrumentSymbol
  readonly payload: unknown
}

/** What the features remembered when the run began; opaque here. */
export interface FeatureStateRecord {
  readonly kind: 'feature-state'
  readonly payload: unknown
}

/** Decides from here on: the first model of a run, and each that it was swapped to. */
export interface ModelRecord {
  readonly kind: 'model'
  /** `<family>/<version>`. */
  readonly modelId: string
  /** For which instruments; absent: for all. */
  readonly group?: string | undefined
}

/** Orderly end of a run that decided: what a replay must come to. */
export interface RunEndRecord {
  readonly kind: 'run-end'
  readonly decisions: number
  readonly decisionHash: string
}

/** Lines that the writer had no room for: they would have stood here. A gap of every instrument. */
export interface OverflowRecord {
  readonly kind: 'overflow'
  readonly lines: number
  readonly characters: number
  /** Receive times of the first and the last of them. */
  readonly fromAt: EpochMs
  readonly toAt: EpochMs
}

/** A line of a tape that no venue sent. */
export type TapeControl =
  | SessionRecord
  | EventRecord
  | DecisionInputsRecord
  | FeatureStateRecord
  | ModelRecord
  | RunEndRecord
  | OverflowRecord

/** Every control line begins so, right after the blank. */
export const CONTROL_PREFIX = '{"stream":"tickwright@'

const NUMBER_TAG = '$number'
/** What JSON has no word for. */
const ODD_NUMBERS: ReadonlyMap<string, number> = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
  ['-0', -0],
])

/**
 * The JSON of a control line: `{"stream":"tickwright@<kind>","data":{"e":"tickwright","kind":…}}`. Readers of the collector's format
 * look at `data.e` and pass it over. Numbers that JSON lacks are tagged: `{"$number":"NaN"}`.
 */
export function controlText(record: TapeControl): string {
  const { kind, ...fields } = record.kind === 'event' ? record.event : record
  const data = { e: 'tickwright', kind, ...fields }
  return `${CONTROL_PREFIX}${kind}","data":${JSON.stringify(data, tagged)}}`
}

function tagged(_key: string, value: unknown): unknown {
  if (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0))) {
    return { [NUMBER_TAG]: Object.is(value, -0) ? '-0' : String(value) }
  }
  // Ours are made here and not looked at again, so this one is the caller's and would be read back as a number.
  const isTag = typeof value === 'object' && value !== null && NUMBER_TAG in value
  check(!isTag, `key ${NUMBER_TAG} in a control record`, value)
  return value
}

function untagged(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !(NUMBER_TAG in value)) return value
  const odd = ODD_NUMBERS.get(String(value[NUMBER_TAG]))
  if (odd === undefined) throw new InputError(`${NUMBER_TAG} must be one of ${[...ODD_NUMBERS.keys()].join(', ')}`)
  return odd
}

/** NaN and infinities are numbers here. */
const anyNumber = z.custom<number>((value) => typeof value === 'number', 'a number')
const epoch = z.custom<EpochMs>((value) => typeof value === 'number' && Number.isFinite(value), 'a time, milliseconds')
const decimalText = z.string().regex(/^\d+(\.\d+)?$/, 'a decimal')
const count = z.int().min(0)

/** Loose: what a later version adds is kept. */
const instrument = z.looseObject({
  symbol: z.string().min(1),
  venueSymbol: z.string().min(1),
  base: z.string(),
  quote: z.string(),
  settle: z.string(),
  tickSize: decimalText,
  lotSize: decimalText,
  contractSize: decimalText,
  inverse: z.boolean(),
  lotsMin: anyNumber,
  lotsMax: anyNumber,
  lotsMaxMarket: anyNumber,
  notionalMin: anyNumber,
  makerFeeRate: anyNumber,
  takerFeeRate: anyNumber,
}) satisfies z.ZodType<Instrument>

const stamped = { symbol: z.string().min(1), exchangeTime: epoch, receivedAt: epoch }
const GAP_REASONS = {
  sequence: 'sequence',
  trades: 'trades',
  disconnect: 'disconnect',
  stale: 'stale',
  malformed: 'malformed',
  crossed: 'crossed',
  overflow: 'overflow',
} as const satisfies { readonly [R in GapEvent['reason']]: R }

const records = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('session'),
    format: z.literal(TAPE_FORMAT, `it must be ${TAPE_FORMAT}; the tape was written by another version of the program`),
    program: z.string(),
    venueId: z.string().min(1),
    mode: z.string(),
    instruments: z.array(instrument),
    streams: z.array(z.string()),
    startedAt: epoch,
    fileNumber: z.int().min(1),
    previousFile: z.string().nullable(),
  }),
  z.strictObject({ kind: z.literal('decision-inputs'), symbol: z.string().min(1), payload: z.unknown() }),
  z.strictObject({ kind: z.literal('feature-state'), payload: z.unknown() }),
  z.strictObject({ kind: z.literal('model'), modelId: z.string().min(1), group: z.string().min(1).optional() }),
  z.strictObject({ kind: z.literal('run-end'), decisions: count, decisionHash: z.string() }),
  z.strictObject({ kind: z.literal('overflow'), lines: count, characters: count, fromAt: epoch, toAt: epoch }),
  z.strictObject({ kind: z.literal('watermark'), ...stamped }),
  z.strictObject({ kind: z.literal('gap'), ...stamped, reason: z.enum(GAP_REASONS), detail: z.string() }),
  z.strictObject({
    kind: z.literal('connection'),
    ...stamped,
    state: z.enum(['up', 'down']),
    detail: z.string(),
  }),
  z.strictObject({
    kind: z.literal('external'),
    ...stamped,
    series: z.string().min(1),
    value: anyNumber,
    observedAt: epoch,
  }),
])

const envelope = z.strictObject({
  stream: z.string(),
  data: z.looseObject({ e: z.literal('tickwright'), kind: z.string() }),
})

/** From the JSON of a line that begins with `CONTROL_PREFIX`. Throws `InputError` naming key and rule, `SyntaxError` for no JSON. */
export function parseControl(text: string): TapeControl {
  const { data } = checked(envelope, JSON.parse(text, untagged))
  const { e: _, ...record } = data
  const parsed = checked(records, record)
  switch (parsed.kind) {
    case 'session':
    case 'overflow':
    case 'model':
    case 'run-end':
      return parsed
    case 'decision-inputs':
    case 'feature-state':
      return { ...parsed, payload: parsed.payload }
    default:
      return { kind: 'event', event: parsed }
  }
}

/** Characters of a value that an error shows. */
const SHOWN_MAX = 60

function checked<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const [issue] = result.error.issues
  const path = issue?.path ?? []
  const was = path.reduce<unknown>((part, key) => (part as Record<PropertyKey, unknown> | undefined)?.[key], value)
  const shown = JSON.stringify(was)?.slice(0, SHOWN_MAX) ?? 'missing'
  throw new InputError(`${path.join('.')} was ${shown}: ${issue?.message ?? 'no control line'}`)
}
