import { join } from 'node:path'
import Database from 'better-sqlite3'
import Big from 'big.js'
import { afterAll, expect, test } from 'vitest'
import { isAlive, killPrograms, lastJson, type Program, startProgram, until } from '../support/program.ts'
import { EAGER_ALONE, workspace } from '../support/workspace.ts'

const space = workspace()
afterAll(() => {
  killPrograms()
  space.remove()
})

const TICKS: Readonly<Record<string, string>> = { BTCUSDT: '0.1', ETHUSDT: '0.01' }
const LOT = '0.001'
const VENUE_SYMBOLS: Readonly<Record<string, string>> = { 'BTC/USDT:USDT': 'BTCUSDT', 'ETH/USDT:USDT': 'ETHUSDT' }

interface VenueLedger {
  readonly wallet: string
  readonly orders: readonly { readonly clientOrderId: string; readonly status: string; readonly executedQty: string }[]
  readonly fills: readonly {
    readonly symbol: string
    readonly id: number
    readonly price: string
    readonly qty: string
    readonly side: string
    readonly commission: string
  }[]
  readonly positions: readonly { readonly symbol: string; readonly positionAmt: string }[]
}

async function venueLedger(): Promise<VenueLedger> {
  const reply = await fetch(`http://127.0.0.1:${space.exchange()?.port}/simulator/ledger?apiKey=demo`)
  return (await reply.json()) as VenueLedger
}

/** Reads the state file beside its daemon, by no code of the program's own. */
function ledger<T>(sql: string): T[] {
  const db = new Database(join(space.state, 'demo.sqlite'), { readonly: true, timeout: 5_000 })
  try {
    return db.prepare<[], T>(sql).all()
  } finally {
    db.close()
  }
}

const count = (table: string): number => ledger<{ n: number }>(`SELECT count(*) AS n FROM ${table}`)[0]?.n ?? 0

const decimal = (text: string, sign = 1): string => new Big(text).times(sign).toFixed()
const times = (steps: number | string, step: string): string => new Big(steps).times(step).toFixed()

/** Both sides of the comparison in one form: decimal texts without trailing zeros, by symbol and trade id. */
function ours() {
  const fills = ledger<{ symbol: string; trade_id: string; price: number; lots: number; side: string; fee: string }>(
    "SELECT * FROM fills WHERE origin = 'own' ORDER BY symbol, CAST(trade_id AS INTEGER)",
  ).map(({ symbol, trade_id: id, price, lots, side, fee }) => {
    const venueSymbol = VENUE_SYMBOLS[symbol] ?? ''
    const priceText = times(price, TICKS[venueSymbol] ?? '0')
    return { symbol: venueSymbol, id, price: priceText, size: times(lots, LOT), side, fee: decimal(fee) }
  })
  const positions = ledger<{ symbol: string; lots: number }>('SELECT symbol, lots FROM positions ORDER BY symbol').map(
    ({ symbol, lots }) => ({ symbol: VENUE_SYMBOLS[symbol], size: times(lots, LOT) }),
  )
  const wallets = ledger<{ wallet: string }>('SELECT wallet FROM balances').map(({ wallet }) => decimal(wallet))
  return { fills, positions, wallets }
}

function theirs(venue: VenueLedger) {
  const fills = [...venue.fills]
    .sort((a, b) => a.symbol.localeCompare(b.symbol) || a.id - b.id)
    .map(({ symbol, id, price, qty, side, commission }) => ({
      symbol,
      id: String(id),
      price: decimal(price),
      size: decimal(qty),
      side: side.toLowerCase(),
      fee: decimal(commission),
    }))
  const positions = venue.positions
    .filter(({ symbol }) => TICKS[symbol] !== undefined)
    .map(({ symbol, positionAmt }) => ({ symbol, size: decimal(positionAmt) }))
    .sort((a, b) => a.symbol.localeCompare(b.symbol))
  return { fills, positions, wallets: [decimal(venue.wallet)] }
}

async function crash(daemon: Program): Promise<void> {
  daemon.kill('SIGKILL')
  expect(await daemon.ended(5_000)).toBeNull()
}

test('killed in mid-order again and again, it comes back to exactly what the venue says', async () => {
  const config = space.config('demo', { ...EAGER_ALONE, symbols: Object.keys(VENUE_SYMBOLS) })
  const start = async () => {
    const daemon = startProgram(['demo', '--config', config, '--json'])
    await daemon.line(/^tickwright demo/)
    return daemon
  }

  // The first life ends in the instant in which an intent stands in the ledger: its order may be sent, or not.
  const first = await start()
  const exchange = space.exchange()
  await until('three intents', () => count('intents') >= 3, 60_000, 1)
  await crash(first)

  // The second one ends when a fill of its own has been booked: others of the same order may not be.
  const second = await start()
  expect(second.out()).toContain('exchange simulator found')
  expect(space.exchange()).toEqual(exchange)
  const known = new Set(ledger<{ client_id: string }>('SELECT client_id FROM intents').map((row) => row.client_id))
  await until(
    'a fill of a new order',
    () => ledger<{ client_id: string }>('SELECT client_id FROM fills').some(({ client_id: id }) => !known.has(id)),
    60_000,
    1,
  )
  await crash(second)
  expect(exchange && isAlive(exchange.pid)).toBe(true)

  // The third one warms up for eight bars, in which nothing trades: whatever differs stays so.
  const third = startProgram(['demo', '--config', config, '--bars', '3', '--json'])
  await third.line(/^tickwright demo/)
  expect(space.exchange()).toEqual(exchange)
  const venue = await venueLedger()
  const mine = ours()
  expect(mine).toEqual(theirs(venue))
  expect(mine.fills.length).toBeGreaterThan(0)

  // Every order of the venue was decided here, and sent once; every intent has found its end.
  const sent = venue.orders.map(({ clientOrderId }) => clientOrderId)
  expect(new Set(sent).size).toBe(sent.length)
  const orders = ledger<{ client_id: string; state: string; intent_id: string | null }>('SELECT * FROM orders')
  const decided = new Set(orders.filter(({ intent_id: id }) => id !== null).map(({ client_id: id }) => id))
  expect(sent.filter((id) => !decided.has(id))).toEqual([])
  expect(orders.filter(({ state }) => /intended|submitting|unknown|open|partial/.test(state))).toEqual([])
  const absent = orders.filter(({ state }) => state === 'absent').map(({ client_id: id }) => id)
  expect(orders.map(({ client_id: id }) => id).sort()).toEqual([...sent, ...absent].sort())
  expect(count('intents')).toBe(orders.length)

  expect(await third.ended(60_000)).toBe(0)
  expect(lastJson(third.out())).toMatchObject({ bars: 6, positionMatchesVenue: true, balanceMatchesVenue: true })
  expect(ours()).toEqual(mine)
  expect(count('decisions')).toBe(count('(SELECT DISTINCT symbol, bar_end_at FROM decisions)'))
  expect(space.leaks()).toEqual([])
}, 240_000)
