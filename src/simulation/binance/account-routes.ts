import type { MarginTier } from '../account/margin-tiers.ts'
import type { AccountId, VenueFill } from '../exchange/exchange.ts'
import { type AccountFigures, accountFigures, NOTIONAL_MAX, notionalMax } from './account-figures.ts'
import { accountV2, accountV3, balanceRow, positionRiskV2, positionRiskV3 } from './account-json.ts'
import { ORDER_LIMITS } from './exchange-info.ts'
import { within } from './market-routes.ts'
import { isOpen } from './order-json.ts'
import { positionSideOf } from './order-params.ts'
import { accepted } from './order-routes.ts'
import { BinanceRefusal, illegal } from './refusal.ts'
import { type Call, type Route, type Routes, signed, type Venue } from './routes.ts'

/** "Account" endpoints of Binance USD-M, and those of "Trade" that set how an account trades. */
export function accountRoutes(venue: Venue): Routes {
  const { exchange, listings } = venue
  const withFigures = (
    answer: (figures: AccountFigures, updatedAt: number, call: Call) => unknown,
    weight = 5,
  ): Route =>
    signed((call) => {
      const figures = accountFigures(venue, call.account)
      const updatedAt = Math.max(...figures.positions.map(({ position }) => Math.floor(position.updatedAt)), 0)
      return answer(figures, updatedAt, call)
    }, weight)
  const balances = withFigures((figures, updatedAt, { account }) => [balanceRow(account, figures, updatedAt)])
  const chosen = (figures: AccountFigures, { params }: Call) => {
    const name = params.text('symbol')
    return name === undefined
      ? figures.positions
      : figures.positions.filter(({ listing }) => listing === listings.named(name))
  }
  return {
    'GET /fapi/v2/account': withFigures((figures, updatedAt) => accountV2(figures, updatedAt)),
    'GET /fapi/v3/account': withFigures((figures, updatedAt) => accountV3(figures, updatedAt)),
    'GET /fapi/v2/balance': balances,
    'GET /fapi/v3/balance': balances,
    'GET /fapi/v2/positionRisk': withFigures((figures, _, call) => chosen(figures, call).map(positionRiskV2)),
    'GET /fapi/v3/positionRisk': withFigures((figures, _, call) => {
      const ordered = new Set(
        exchange
          .orders(call.account)
          .filter(isOpen)
          .map(({ symbol }) => symbol),
      )
      return chosen(figures, call)
        .filter(({ position }) => position.lots !== 0 || ordered.has(position.symbol))
        .map(positionRiskV3)
    }),
    'GET /fapi/v1/accountConfig': signed(({ account }) => ({
      feeTier: 0,
      canTrade: true,
      canDeposit: true,
      canWithdraw: true,
      dualSidePosition: exchange.account(account).hedged,
      updateTime: 0,
      multiAssetsMargin: false,
      tradeGroupId: -1,
    })),
    'GET /fapi/v1/symbolConfig': withFigures((figures, _, call) =>
      perInstrument(chosen(figures, call)).map(({ listing, position, notionalMax: most }) => ({
        symbol: listing.name,
        marginType: position.marginType === 'cross' ? 'CROSSED' : 'ISOLATED',
        isAutoAddMargin: false,
        leverage: position.leverage,
        maxNotionalValue: String(most),
      })),
    ),
    'GET /fapi/v1/rateLimit/order': signed(() => ORDER_LIMITS),
    'GET /fapi/v1/income': signed((call) => income(venue, call), 30),
    ...settingRoutes(venue),
  }
}

function settingRoutes(venue: Venue): Routes {
  const { exchange, listings } = venue
  return {
    'GET /fapi/v1/leverageBracket': signed(({ params }) => {
      const name = params.text('symbol')
      return (name === undefined ? listings.all : [listings.named(name)]).map((listing) => ({
        symbol: listing.name,
        notionalCoef: 1,
        brackets: brackets(exchange.tiers(listing.symbol)),
      }))
    }),
    'POST /fapi/v1/leverage': signed(({ params, account, now }) => {
      const listing = listings.named(params.need('symbol'))
      params.need('leverage')
      const leverage = params.integer('leverage') ?? 0
      const value = accepted(exchange.setLeverage(account, listing.symbol, leverage, now))
      const most = notionalMax(exchange.tiers(listing.symbol), value)
      return { leverage: value, maxNotionalValue: String(most), symbol: listing.name }
    }),
    'POST /fapi/v1/marginType': signed(({ params, account, now }) => {
      const listing = listings.named(params.need('symbol'))
      const type = params.need('marginType').toUpperCase()
      if (type !== 'ISOLATED' && type !== 'CROSSED') throw illegal('marginType', 'ISOLATED|CROSSED')
      const marginType = type === 'CROSSED' ? 'cross' : 'isolated'
      accepted(exchange.setMarginType(account, listing.symbol, marginType, now))
      return { code: 200, msg: 'success' }
    }),
    'GET /fapi/v1/positionSide/dual': signed(
      ({ account }) => ({ dualSidePosition: exchange.account(account).hedged }),
      30,
    ),
    'POST /fapi/v1/positionSide/dual': signed(({ params, account, now }) => {
      params.need('dualSidePosition')
      accepted(exchange.setPositionMode(account, params.flag('dualSidePosition'), now))
      return { code: 200, msg: 'success' }
    }),
    'POST /fapi/v1/positionMargin': signed((call) => changeMargin(venue, call)),
    'GET /fapi/v1/multiAssetsMargin': signed(() => ({ multiAssetsMargin: false }), 30),
    'GET /fapi/v1/commissionRate': signed(({ params }) => {
      const { name, instrument } = listings.named(params.need('symbol'))
      return {
        symbol: name,
        makerCommissionRate: instrument.makerFeeRate.toFixed(6),
        takerCommissionRate: instrument.takerFeeRate.toFixed(6),
      }
    }, 20),
  }
}

/** "Modify Isolated Position Margin": type 1 adds, 2 takes back. */
function changeMargin({ exchange, listings }: Venue, { params, account, now }: Call) {
  const { symbol } = listings.named(params.need('symbol'))
  params.need('amount')
  const amount = params.decimal('amount')!
  if (Number(amount) <= 0) throw new BinanceRefusal(-4055, 'Amount must be positive.')
  params.need('type')
  const type = params.integer('type')
  if (type !== 1 && type !== 2) throw illegal('type', '1|2')
  const signedAmount = type === 1 ? amount : `-${amount}`
  accepted(exchange.moveMargin(account, symbol, positionSideOf(params), signedAmount, now))
  return { code: 200, msg: 'Successfully modify position margin.', amount: Number(amount), type }
}

/** The sides of a hedged instrument share one setting. */
const perInstrument = <T extends { readonly listing: unknown }>(rows: readonly T[]): readonly T[] =>
  rows.filter((row, index) => rows.findIndex(({ listing }) => listing === row.listing) === index)

const brackets = (tiers: readonly MarginTier[]) =>
  tiers.map((tier, index) => ({
    bracket: index + 1,
    initialLeverage: tier.leverageMax,
    notionalCap: Math.min(tier.notionalMax, NOTIONAL_MAX),
    notionalFloor: tiers[index - 1]?.notionalMax ?? 0,
    maintMarginRatio: tier.maintenanceRate,
    cum: tier.maintenanceDeduction,
  }))

interface IncomeRow {
  readonly symbol: string
  readonly incomeType: string
  readonly income: string
  readonly asset: string
  readonly info: string
  readonly time: number
  readonly tranId: number
  readonly tradeId: string
}

function income(venue: Venue, { params, account }: Call): readonly IncomeRow[] {
  const limit = params.limit(100, 1_000)
  const name = params.text('symbol')
  const type = params.text('incomeType')?.toUpperCase()
  const startTime = params.integer('startTime')
  const rows = [
    ...venue.exchange.fills(account).flatMap((fill) => fillIncome(venue, fill)),
    ...cashIncome(venue, account),
  ]
    .filter((row) => (name === undefined || row.symbol === name) && (type === undefined || row.incomeType === type))
    .sort((a, b) => a.time - b.time)
  const inWindow = within(rows, startTime, params.integer('endTime'), (row) => row.time)
  return startTime === undefined ? inWindow.slice(-limit) : inWindow.slice(0, limit)
}

function fillIncome(venue: Venue, fill: VenueFill): readonly IncomeRow[] {
  const { name, instrument } = venue.listings.of(fill.symbol)
  const shared = {
    symbol: name,
    asset: instrument.settle,
    time: Math.floor(fill.at),
    tranId: fill.tradeId,
    tradeId: String(fill.tradeId),
  }
  const paid = fill.fee.startsWith('-') ? fill.fee.slice(1) : `-${fill.fee}`
  const commission = { ...shared, incomeType: 'COMMISSION', income: paid, info: String(fill.tradeId) }
  if (Number(fill.realisedPnl) === 0) return [commission]
  return [commission, { ...shared, incomeType: 'REALIZED_PNL', income: fill.realisedPnl, info: String(fill.tradeId) }]
}

const cashIncome = (venue: Venue, account: AccountId): readonly IncomeRow[] =>
  venue.cash(account).map((row) => ({
    symbol: row.name,
    incomeType: row.reason,
    income: row.amount,
    asset: row.currency,
    info: row.reason,
    time: Math.floor(row.at),
    tranId: row.id,
    tradeId: '',
  }))
