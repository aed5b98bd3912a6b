import { InputError } from '../../core/errors.ts'
import type { Instrument } from '../../core/instrument.ts'
import { readTape } from './read-tape.ts'
import type { TapeFrame } from './tape-frame.ts'

/** Steps that all prices and sizes of one venue symbol are multiples of. */
interface Steps {
  readonly price: StepFinder
  readonly size: StepFinder
}

/** Greatest common step of decimals, kept as an integer of 10^-DECIMALS. */
interface StepFinder {
  add(text: unknown): void
  /** Decimal string; none before the first value. */
  step(): string | undefined
}

/** Parsed JSON, as the venue sent it. */
type ScannedFrame = Pick<TapeFrame, 'frame'>

/** Steps of an instrument that somebody has described, decimal strings. */
export type KnownSteps = Pick<Instrument, 'tickSize' | 'lotSize'>

const DECIMALS = 8
/** Key of the REST book, which names no instrument on USD-M. */
const UNNAMED = ''
const SYMBOLS_MAX = 1_000
/** Typical for a first-level account; a replay with fees that matter lists its instrument in the config. */
const MAKER_FEE_RATE = 0.0002
const TAKER_FEE_RATE = 0.0005
const QUOTES = ['USDT', 'USDC', 'FDUSD', 'BUSD', 'USD'] as const

/**
 * Finds out by a first pass which Binance instruments a tape holds and the coarsest tick and lot that all of their trades, quotes and
 * book levels fit. Limits and fees cannot be seen on a tape: they are typical ones. Throws `InputError` when nothing is found.
 */
export const scanInstruments = (tape: AsyncIterable<ScannedFrame>, file: string): Promise<readonly Instrument[]> =>
  instrumentsOf(tape, file, new Map())

/** `found` keeps the order of the tape. */
async function instrumentsOf(
  tape: AsyncIterable<ScannedFrame>,
  file: string,
  found: Map<string, Steps>,
): Promise<readonly Instrument[]> {
  for await (const { frame } of tape) collect(frame, found)
  mergeUnnamed(found)
  const instruments = [...found].flatMap(([venueSymbol, steps]) => describe(venueSymbol, steps) ?? [])
  if (instruments.length > 0) return instruments
  throw new InputError(`${file}: no Binance futures frame was found; a tape must hold depthUpdate or trade frames`, {
    file,
  })
}

/**
 * As `scanInstruments` of a file, with the steps of `known` (by venue symbol) taken as they are: frames of these need not be parsed,
 * which is nearly all of the work.
 */
export function scanTape(file: string, known: ReadonlyMap<string, KnownSteps>): Promise<readonly Instrument[]> {
  const found = new Map<string, Steps>()
  const settled = new Set<string>()
  const wants = (line: string): boolean => {
    const symbol = symbolIn(line)
    if (symbol === undefined || settled.has(symbol)) return symbol === undefined
    const steps = known.get(symbol)
    if (!steps || !COUNTED.test(line)) return true
    settled.add(symbol)
    found.set(symbol, { price: fixedStep(steps.tickSize), size: fixedStep(steps.lotSize) })
    return false
  }
  return instrumentsOf(readTape(file, wants), file, found)
}

/** Kinds of frames that prove an instrument to be on the tape. */
const COUNTED = /"e":"(?:depthUpdate|trade|aggTrade|bookTicker)"/
const SYMBOL_KEY = '"s":"'

/** A quotation mark inside of a JSON string is escaped: this is a key, and in the frames that count the outermost of its name. */
function symbolIn(line: string): string | undefined {
  const key = line.indexOf(SYMBOL_KEY)
  if (key < 0) return undefined
  const from = key + SYMBOL_KEY.length
  return line.slice(from, line.indexOf('"', from))
}

const fixedStep = (step: string): StepFinder => ({ add: () => undefined, step: () => step })

function collect(frame: unknown, found: Map<string, Steps>): void {
  const outer = recordOf(frame)
  const data = recordOf(outer?.['data']) ?? outer
  if (!data) return
  const isRestDepth = data['lastUpdateId'] !== undefined
  const symbol = isRestDepth ? (data['symbol'] ?? UNNAMED) : data['s']
  if (typeof symbol !== 'string') return
  let steps = found.get(symbol)
  if (!steps) {
    if (found.size >= SYMBOLS_MAX) return
    steps = { price: stepFinder(), size: stepFinder() }
    found.set(symbol, steps)
  }
  addLevels(data, isRestDepth ? ['bids', 'asks'] : ['b', 'a'], steps)
  switch (data['e']) {
    case 'trade':
    case 'aggTrade':
      // A trade of the insurance fund keeps to no tick.
      if (data['X'] !== undefined && data['X'] !== 'MARKET') break
      steps.price.add(data['p'])
      steps.size.add(data['q'])
      break
    case 'bookTicker':
      for (const key of ['b', 'a']) steps.price.add(data[key])
      for (const key of ['B', 'A']) steps.size.add(data[key])
      break
    default:
  }
}

function addLevels(data: Readonly<Record<string, unknown>>, fields: readonly string[], steps: Steps): void {
  for (const field of fields) {
    for (const row of rowsOf(data[field])) {
      steps.price.add(row[0])
      steps.size.add(row[1])
    }
  }
}

/** A book without a name is that of the tape's only instrument; with several nobody can tell. */
function mergeUnnamed(found: Map<string, Steps>): void {
  const unnamed = found.get(UNNAMED)
  found.delete(UNNAMED)
  const [only] = found.values()
  if (!unnamed || !only || found.size > 1) return
  only.price.add(unnamed.price.step())
  only.size.add(unnamed.size.step())
}

const recordOf = (value: unknown): Readonly<Record<string, unknown>> | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined

const rowsOf = (value: unknown): readonly (readonly unknown[])[] =>
  Array.isArray(value) ? value.filter((row): row is unknown[] => Array.isArray(row)) : []

function stepFinder(): StepFinder {
  let common = 0
  return {
    add(text) {
      if (typeof text !== 'string' || !/^\d{1,12}(\.\d{1,8})?$/.test(text)) return
      let value = Math.round(Number(text) * 10 ** DECIMALS)
      if (!Number.isSafeInteger(value)) return
      while (value > 0) {
        const rest = common % value
        common = value
        value = rest
      }
    },
    step: () => (common > 0 ? (common / 10 ** DECIMALS).toFixed(DECIMALS).replace(/\.?0+$/, '') : undefined),
  }
}

function describe(venueSymbol: string, { price, size }: Steps): Instrument | undefined {
  const tickSize = price.step()
  const lotSize = size.step()
  if (tickSize === undefined || lotSize === undefined) return undefined
  const [pair = venueSymbol, contract] = venueSymbol.split('_')
  const quote = QUOTES.find((name) => pair.endsWith(name) && pair.length > name.length)
  if (!quote) return undefined
  const base = pair.slice(0, -quote.length)
  // COIN-M names end in _PERP or a date; their contract is 100 USD for bitcoin and 10 USD for every other coin.
  const inverse = contract !== undefined && quote === 'USD'
  const settle = inverse ? base : quote
  return {
    symbol: `${base}/${quote}:${settle}`,
    venueSymbol,
    base,
    quote,
    settle,
    tickSize,
    lotSize,
    contractSize: inverse ? (base === 'BTC' ? '100' : '10') : '1',
    inverse,
    lotsMin: 1,
    lotsMax: 1_000_000_000,
    lotsMaxMarket: 1_000_000_000,
    notionalMin: 5,
    makerFeeRate: MAKER_FEE_RATE,
    takerFeeRate: TAKER_FEE_RATE,
  }
}
