import { Subject } from 'rxjs'
import { check } from '../../core/check.ts'
import { InputError, TransientError } from '../../core/errors.ts'
import { type Converter, converter, type Instrument, type InstrumentSymbol } from '../../core/instrument.ts'
import type { ApprovedOrder, Fill, OrderReport, PositionReport } from '../../core/order.ts'
import type { Random } from '../../core/random.ts'
import type { Scheduler } from '../../core/scheduler.port.ts'
import type { EpochMs, Lots } from '../../core/units.ts'
import type {
  AccountEvent,
  AccountSnapshot,
  Cancellation,
  OrderGateway,
  OrderLookup,
  Submission,
} from '../../trading/order-gateway.port.ts'
import { accountEvents, balanceReport, orderReport, positionReport } from './account-codec.ts'
import { type AccountSettings, setUpAccount } from './account-setup.ts'
import { createExchangeTime, keepTime } from './exchange-time.ts'
import { fillHistory } from './fill-history.ts'
import type { FeeRates } from './instruments.ts'
import { decimalIn, type Fields, fieldsOf, idIn, parseExact, rowsOf, textIn } from './json-fields.ts'
import { algoParams, algoReport, isConditional, orderParams, unsupported } from './order-codec.ts'
import { keepUserStream } from './user-stream.ts'
import { VenueClient } from './venue-client.ts'
import { causeOf, isClockRefusal, isDefinite, isRateLimit, VenueRefusal } from './venue-refusal.ts'
import type { VenueClientOptions } from './venue-transport.ts'

export interface CcxtGatewayOptions extends VenueClientOptions {
  readonly credentials: NonNullable<VenueClientOptions['credentials']>
  readonly scheduler: Scheduler
  readonly random: Random
  /** Those traded; what the account holds in others is left alone and not reported. */
  readonly instruments: readonly Instrument[]
  /** How often the listen key is prolonged, milliseconds; Binance drops it after 60 minutes. */
  readonly keepAliveMs?: number
  /** How often the exchange's clock is asked for, milliseconds. */
  readonly timeRefreshMs?: number
}

export interface CcxtGateway extends OrderGateway {
  /**
   * Opens the account's stream and resolves once it is up. Throws `InputError` when the venue refuses the key, `TransientError`
   * when the stream is not up within 15 s (it is tried on until `close`).
   */
  start(): Promise<void>
  /** Position mode, margin mode and leverage. Throws `InputError` or `TransientError`. */
  setUp(settings: AccountSettings): Promise<void>
  /** What the account pays, by instrument. Throws `TransientError`. */
  feeRates(): Promise<ReadonlyMap<InstrumentSymbol, FeeRates>>
  /** Exchange clock − local clock, milliseconds. */
  clockOffsetMs(): number
}

const KEEP_ALIVE_MS = 25 * 60_000
const TIME_REFRESH_MS = 60_000
const START_MS_MAX = 15_000
/** Order id → client id; the oldest go first. */
const IDS_MAX = 10_000
/** Request weight of all open orders in one call; from so many instruments on it is the cheaper one. */
const WHOLE_ACCOUNT_WEIGHT = 40
const NO_SUCH_ORDER = -2013
const UNKNOWN_ORDER = -2011
/** Format of the key, its rights or address, the signature. */
const KEY_REFUSALS: ReadonlySet<number> = new Set([-2014, -2015, -1022, -1002])

/** The account at Binance USD-M through ccxt's transport. */
export function createCcxtGateway(options: CcxtGatewayOptions): CcxtGateway {
  return new Gateway(options)
}

class Gateway implements CcxtGateway {
  readonly venue = 'binanceusdm'
  readonly #options: CcxtGatewayOptions
  readonly #client: VenueClient
  readonly #time
  readonly #events = new Subject<AccountEvent>()
  readonly events$ = this.#events.asObservable()
  readonly #bySymbol: ReadonlyMap<InstrumentSymbol, Converter>
  readonly #byVenueSymbol: ReadonlyMap<string, Converter>
  readonly #clientIds = new Map<string, string>()
  readonly #ending = new AbortController()
  #loops: readonly Promise<void>[] = []

  constructor(options: CcxtGatewayOptions) {
    this.#options = options
    this.#client = new VenueClient(options)
    this.#time = createExchangeTime(this.#client, options.clock)
    const converters = options.instruments.map((instrument) => converter(instrument))
    this.#bySymbol = new Map(converters.map((convert) => [convert.instrument.symbol, convert]))
    this.#byVenueSymbol = new Map(converters.map((convert) => [convert.instrument.venueSymbol, convert]))
  }

  clockOffsetMs() {
    return this.#time.offsetMs()
  }

  async start(): Promise<void> {
    const { scheduler, random, keepAliveMs = KEEP_ALIVE_MS, timeRefreshMs = TIME_REFRESH_MS } = this.#options
    const { signal } = this.#ending
    await this.#time.refresh()
    const timer = new AbortController()
    const up = new Promise<void>((resolve, reject) => {
      const stream = keepUserStream({
        ...{ client: this.#client, scheduler, random, signal, keepAliveMs },
        onUp: () => {
          this.#tell({ kind: 'stream', state: 'up', detail: 'subscribed' })
          resolve()
        },
        onDown: (detail) => this.#tell({ kind: 'stream', state: 'down', detail }),
        onFrame: (text) => this.#frame(text),
        onFailure: (thrown) => {
          if (isKeyRefusal(thrown)) reject(new InputError(`the venue refuses the API key: ${thrown.text}`))
        },
      })
      this.#loops = [stream, keepTime(this.#time, scheduler, timeRefreshMs, signal)]
    })
    const late = scheduler.sleep(START_MS_MAX, AbortSignal.any([timer.signal, signal])).then(() => {
      throw new TransientError(`the account's stream was not up within ${START_MS_MAX} ms`)
    })
    await Promise.race([up, late]).finally(() => {
      late.catch(() => {})
      timer.abort()
    })
  }

  setUp(settings: AccountSettings): Promise<void> {
    return setUpAccount(this.#client, this.#options.instruments, settings)
  }

  async feeRates(): Promise<ReadonlyMap<InstrumentSymbol, FeeRates>> {
    const rates = new Map<InstrumentSymbol, FeeRates>()
    for (const { symbol, venueSymbol } of this.#options.instruments) {
      const row = await this.#answered('commission rate', () =>
        this.#signed(() => this.#client.fapiPrivateGetCommissionRate({ symbol: venueSymbol })),
      )
      const [maker, taker] = [decimalIn(row, 'makerCommissionRate'), decimalIn(row, 'takerCommissionRate')]
      rates.set(symbol, { maker: Number(maker), taker: Number(taker) })
    }
    return rates
  }

  async submit(order: ApprovedOrder): Promise<Submission> {
    const reason = unsupported(order)
    if (reason !== undefined) return { kind: 'rejected', code: 'unsupported', reason }
    try {
      const venueId = await (isConditional(order) ? this.#placeAlgo(order) : this.#place(order))
      this.#remember(venueId, order.clientId)
      return { kind: 'accepted', venueId }
    } catch (thrown) {
      if (!isDefinite(thrown)) return { kind: 'unknown', cause: causeOf(thrown) }
      const code = isRateLimit(thrown) ? 'rate-limited' : String(thrown.code)
      return { kind: 'rejected', code, reason: thrown.text }
    }
  }

  async #place(order: ApprovedOrder): Promise<string> {
    const params = orderParams(order, this.#convert(order.symbol))
    return idIn(await this.#signed(() => this.#client.fapiPrivatePostOrder(params)), 'orderId')
  }

  async #placeAlgo(order: ApprovedOrder): Promise<string> {
    const params = algoParams(order, this.#convert(order.symbol))
    return idIn(await this.#signed(() => this.#client.fapiPrivatePostAlgoOrder(params)), 'algoId')
  }

  /** What the order endpoint does not know may wait at the algo service: client ids are ours, and one id is one order. */
  async cancel(symbol: InstrumentSymbol, clientId: string): Promise<Cancellation> {
    try {
      await this.#signed(() => this.#client.fapiPrivateDeleteOrder(this.#named(symbol, clientId)))
      return { kind: 'cancelled' }
    } catch (thrown) {
      if (!hasCode(thrown, UNKNOWN_ORDER)) return { kind: 'unknown', cause: causeOf(thrown) }
    }
    try {
      await this.#signed(() => this.#client.fapiPrivateDeleteAlgoOrder({ clientAlgoId: clientId }))
      return { kind: 'cancelled' }
    } catch (thrown) {
      if (hasCode(thrown, UNKNOWN_ORDER) || hasCode(thrown, NO_SUCH_ORDER)) return { kind: 'gone' }
      return { kind: 'unknown', cause: causeOf(thrown) }
    }
  }

  async find(symbol: InstrumentSymbol, clientId: string): Promise<OrderLookup> {
    try {
      const report = (await this.#findOrder(symbol, clientId)) ?? (await this.#findAlgo(symbol, clientId))
      if (report === undefined) return { kind: 'absent' }
      this.#remember(report.venueId, report.clientId)
      return { kind: 'found', report }
    } catch (thrown) {
      return { kind: 'unknown', cause: causeOf(thrown) }
    }
  }

  async #findOrder(symbol: InstrumentSymbol, clientId: string): Promise<OrderReport | undefined> {
    const row = await this.#unlessAbsent(() => this.#client.fapiPrivateGetOrder(this.#named(symbol, clientId)))
    return row && orderReport(row, this.#convert(symbol))
  }

  /** A conditional order: as it waits or ended without a trigger, or else the order that it made. */
  async #findAlgo(symbol: InstrumentSymbol, clientId: string): Promise<OrderReport | undefined> {
    const row = await this.#unlessAbsent(() => this.#client.fapiPrivateGetAlgoOrder({ clientAlgoId: clientId }))
    if (row === undefined) return undefined
    const convert = this.#convert(symbol)
    const report = algoReport(row, 'rest', convert)
    if (report) return report
    const orderId = idIn(row, 'actualOrderId')
    const made = await this.#signed(() =>
      this.#client.fapiPrivateGetOrder({ symbol: convert.instrument.venueSymbol, orderId }),
    )
    return { ...orderReport(made, convert), clientId }
  }

  async #unlessAbsent(request: () => Promise<Fields>): Promise<Fields | undefined> {
    try {
      return await this.#signed(request)
    } catch (thrown) {
      if (hasCode(thrown, NO_SUCH_ORDER)) return undefined
      throw thrown
    }
  }

  async snapshot(symbols: readonly InstrumentSymbol[]): Promise<AccountSnapshot> {
    // Before the question: what the stream says later is newer.
    const asOf = this.#time.now()
    const [orders, algos, positions, balances] = await this.#answered('snapshot', () =>
      Promise.all([
        this.#openRows((params) => this.#client.fapiPrivateGetOpenOrders(params)),
        this.#openRows((params) => this.#client.fapiPrivateGetOpenAlgoOrders(params)),
        this.#signed(() => this.#client.fapiPrivateV3GetPositionRisk()),
        this.#signed(() => this.#client.fapiPrivateV3GetBalance()),
      ]),
    )
    const openOrders = [
      ...this.#reports(orders, (row, convert) => orderReport(row, convert)),
      ...this.#reports(algos, (row, convert) => algoReport(row, 'rest', convert)),
    ]
    for (const { venueId, clientId } of openOrders) this.#remember(venueId, clientId)
    const rows = rowsOf(positions, 'positionRisk')
    return {
      openOrders,
      positions: symbols.map((symbol) => this.#position(symbol, rows, asOf)),
      balances: rowsOf(balances, 'balance').map((row) => balanceReport(row, asOf)),
    }
  }

  /** Weight 1 for each instrument, against 40 for the whole account. */
  async #openRows(ask: (params: { symbol?: string }) => Promise<unknown>): Promise<readonly Fields[]> {
    const { instruments } = this.#options
    if (instruments.length >= WHOLE_ACCOUNT_WEIGHT) {
      return rowsOf(await this.#signed(() => ask({})), 'open orders')
    }
    const replies = await Promise.all(instruments.map(({ venueSymbol: symbol }) => this.#signed(() => ask({ symbol }))))
    return replies.flatMap((reply) => rowsOf(reply, 'open orders'))
  }

  /** Those of our instruments. */
  #reports(
    rows: readonly Fields[],
    read: (row: Fields, convert: Converter) => OrderReport | undefined,
  ): readonly OrderReport[] {
    return rows.flatMap((row) => {
      const convert = this.#byVenueSymbol.get(textIn(row, 'symbol'))
      return (convert && read(row, convert)) ?? []
    })
  }

  async fillsSince(symbol: InstrumentSymbol, since: EpochMs): Promise<readonly Fill[]> {
    const convert = this.#convert(symbol)
    const { venueSymbol } = convert.instrument
    return this.#answered('fills', () =>
      fillHistory({
        page: (params) => this.#signed(() => this.#client.fapiPrivateGetUserTrades(params)),
        clientIdOf: (venueId) => this.#clientIdOf(venueSymbol, venueId),
        ...{ convert, since, now: this.#time.now() },
      }),
    )
  }

  async close(): Promise<void> {
    this.#ending.abort()
    await Promise.all(this.#loops)
    await this.#client.transport.shutDown()
    this.#events.complete()
  }

  #frame(text: string): void {
    try {
      const events = accountEvents(fieldsOf(parseExact(text), 'user frame'), this.#byVenueSymbol)
      for (const event of events) {
        if (event.kind === 'order') this.#remember(event.report.venueId, event.report.clientId)
        this.#tell(event)
      }
    } catch (thrown) {
      // Something happened that we cannot read: `up` makes the caller ask for everything.
      this.#tell({ kind: 'stream', state: 'up', detail: `malformed frame: ${causeOf(thrown)}` })
    }
  }

  #tell(event: AccountEvent): void {
    this.#events.next(event)
  }

  /** A flat instrument may have no row. */
  #position(symbol: InstrumentSymbol, rows: readonly Fields[], asOf: EpochMs): PositionReport {
    const convert = this.#convert(symbol)
    const mine = rows.filter((row) => row['symbol'] === convert.instrument.venueSymbol)
    const hedged = mine.find((row) => row['positionSide'] !== 'BOTH' && Number(row['positionAmt']) !== 0)
    if (hedged) throw new InputError(`${symbol}: the account holds a hedge-mode position; one-way mode is needed`)
    const row = mine.find((candidate) => candidate['positionSide'] === 'BOTH')
    if (!row) return { symbol, lots: 0 as Lots, entryPrice: '0', updatedAt: asOf }
    return positionReport(row, { amount: 'positionAmt', entry: 'entryPrice' }, convert, asOf)
  }

  #convert(symbol: InstrumentSymbol): Converter {
    const convert = this.#bySymbol.get(symbol)
    check(convert !== undefined, 'symbol of the gateway', symbol)
    return convert!
  }

  #named(symbol: InstrumentSymbol, clientId: string) {
    return { symbol: this.#convert(symbol).instrument.venueSymbol, origClientOrderId: clientId }
  }

  /** Once more, the very same request, when the venue refused it for its time stamp: it was provably not executed. */
  async #signed<T>(request: () => Promise<T>): Promise<T> {
    try {
      return await request()
    } catch (thrown) {
      if (!isClockRefusal(thrown) || !(await this.#time.refresh())) throw thrown
      return request()
    }
  }

  async #answered<T>(what: string, request: () => Promise<T>): Promise<T> {
    try {
      return await request()
    } catch (thrown) {
      if (thrown instanceof InputError) throw thrown
      throw new TransientError(`${what}: ${causeOf(thrown)}`, {}, thrown)
    }
  }

  async #clientIdOf(venueSymbol: string, venueId: string): Promise<string> {
    const known = this.#clientIds.get(venueId)
    if (known !== undefined) return known
    try {
      const row = await this.#signed(() => this.#client.fapiPrivateGetOrder({ symbol: venueSymbol, orderId: venueId }))
      const clientId = textIn(row, 'clientOrderId')
      this.#remember(venueId, clientId)
      return clientId
    } catch (thrown) {
      if (hasCode(thrown, NO_SUCH_ORDER)) return ''
      throw thrown
    }
  }

  #remember(venueId: string, clientId: string): void {
    this.#clientIds.set(venueId, clientId)
    if (this.#clientIds.size <= IDS_MAX) return
    for (const oldest of this.#clientIds.keys()) {
      this.#clientIds.delete(oldest)
      return
    }
  }
}

const hasCode = (thrown: unknown, code: number): boolean => thrown instanceof VenueRefusal && thrown.code === code

const isKeyRefusal = (thrown: unknown): thrown is VenueRefusal =>
  thrown instanceof VenueRefusal && thrown.code !== undefined && KEY_REFUSALS.has(thrown.code)
