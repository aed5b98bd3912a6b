import type { AccountId } from '../exchange/exchange.ts'
import {
  type AccountFigures,
  entryPriceText,
  liquidationPrice,
  NOTIONAL_MAX,
  type PositionFigures,
} from './account-figures.ts'
import { eightDecimals } from './decimal-text.ts'

const positionCommon = ({ listing, position, unrealised }: PositionFigures) => ({
  symbol: listing.name,
  positionSide: 'BOTH',
  positionAmt: listing.quantityText(position.lots),
  entryPrice: entryPriceText(position.entryPrice),
  updateTime: Math.floor(position.updatedAt),
  unrealized: eightDecimals(unrealised),
})

/** Margin of an isolated position; `0` in cross mode. The simulated exchange keeps one wallet for both. */
const isolatedMargin = ({ position, initialMargin }: PositionFigures) =>
  position.marginType === 'isolated' ? eightDecimals(initialMargin) : '0.00000000'

/** `GET /fapi/v2/positionRisk`. */
export function positionRiskV2(account: AccountFigures, figures: PositionFigures) {
  const { unrealized, ...common } = positionCommon(figures)
  return {
    ...common,
    breakEvenPrice: common.entryPrice,
    markPrice: eightDecimals(figures.markPrice),
    unRealizedProfit: unrealized,
    liquidationPrice: eightDecimals(liquidationPrice(account, figures)),
    leverage: String(figures.position.leverage),
    maxNotionalValue: String(NOTIONAL_MAX),
    marginType: figures.position.marginType,
    isolatedMargin: isolatedMargin(figures),
    isAutoAddMargin: 'false',
    notional: eightDecimals(figures.notional),
    isolatedWallet: isolatedMargin(figures),
  }
}

/** `GET /fapi/v3/positionRisk` and the websocket API's `v2/account.position`. */
export function positionRiskV3(account: AccountFigures, figures: PositionFigures) {
  const { unrealized, ...common } = positionCommon(figures)
  return {
    ...common,
    breakEvenPrice: common.entryPrice,
    markPrice: eightDecimals(figures.markPrice),
    unRealizedProfit: unrealized,
    liquidationPrice: eightDecimals(liquidationPrice(account, figures)),
    isolatedMargin: isolatedMargin(figures),
    notional: eightDecimals(figures.notional),
    marginAsset: figures.listing.instrument.settle,
    isolatedWallet: isolatedMargin(figures),
    initialMargin: eightDecimals(figures.initialMargin),
    maintMargin: eightDecimals(figures.maintenanceMargin),
    positionInitialMargin: eightDecimals(figures.initialMargin),
    openOrderInitialMargin: '0',
    adl: 1,
    bidNotional: '0',
    askNotional: '0',
  }
}

/** `GET /fapi/v2/balance` and `/v3/balance`. */
export const balanceRow = (account: AccountId, figures: AccountFigures, updatedAt: number) => ({
  accountAlias: account,
  asset: figures.currency,
  balance: figures.wallet,
  crossWalletBalance: figures.wallet,
  crossUnPnl: figures.unrealised,
  availableBalance: figures.available,
  maxWithdrawAmount: figures.available,
  marginAvailable: true,
  updateTime: updatedAt,
})

const totals = (figures: AccountFigures) => ({
  totalInitialMargin: figures.initialMargin,
  totalMaintMargin: figures.maintenanceMargin,
  totalWalletBalance: figures.wallet,
  totalUnrealizedProfit: figures.unrealised,
  totalMarginBalance: figures.marginBalance,
  totalPositionInitialMargin: figures.positionInitialMargin,
  totalOpenOrderInitialMargin: figures.orderInitialMargin,
  totalCrossWalletBalance: figures.wallet,
  totalCrossUnPnl: figures.unrealised,
  availableBalance: figures.available,
  maxWithdrawAmount: figures.available,
})

const asset = (figures: AccountFigures, updatedAt: number) => ({
  asset: figures.currency,
  walletBalance: figures.wallet,
  unrealizedProfit: figures.unrealised,
  marginBalance: figures.marginBalance,
  maintMargin: figures.maintenanceMargin,
  initialMargin: figures.initialMargin,
  positionInitialMargin: figures.positionInitialMargin,
  openOrderInitialMargin: figures.orderInitialMargin,
  crossWalletBalance: figures.wallet,
  crossUnPnl: figures.unrealised,
  availableBalance: figures.available,
  maxWithdrawAmount: figures.available,
  updateTime: updatedAt,
})

/** `GET /fapi/v2/account`: every instrument, flat ones included. */
export const accountV2 = (figures: AccountFigures, updatedAt: number) => ({
  feeTier: 0,
  canTrade: true,
  canDeposit: true,
  canWithdraw: true,
  updateTime: 0,
  multiAssetsMargin: false,
  tradeGroupId: -1,
  ...totals(figures),
  assets: [{ ...asset(figures, updatedAt), marginAvailable: true }],
  positions: figures.positions.map((each) => {
    const { unrealized, ...common } = positionCommon(each)
    return {
      ...common,
      initialMargin: eightDecimals(each.initialMargin),
      maintMargin: eightDecimals(each.maintenanceMargin),
      unrealizedProfit: unrealized,
      positionInitialMargin: eightDecimals(each.initialMargin),
      openOrderInitialMargin: '0',
      leverage: String(each.position.leverage),
      isolated: each.position.marginType === 'isolated',
      breakEvenPrice: common.entryPrice,
      maxNotional: String(NOTIONAL_MAX),
      bidNotional: '0',
      askNotional: '0',
      notional: eightDecimals(each.notional),
      isolatedWallet: isolatedMargin(each),
    }
  }),
})

/** `GET /fapi/v3/account`: instruments with a position only. */
export const accountV3 = (figures: AccountFigures, updatedAt: number) => ({
  ...totals(figures),
  assets: [asset(figures, updatedAt)],
  positions: figures.positions
    .filter((each) => each.position.lots !== 0)
    .map((each) => {
      const { unrealized, entryPrice: _, ...common } = positionCommon(each)
      return {
        ...common,
        unrealizedProfit: unrealized,
        isolatedMargin: isolatedMargin(each),
        notional: eightDecimals(each.notional),
        isolatedWallet: isolatedMargin(each),
        initialMargin: eightDecimals(each.initialMargin),
        maintMargin: eightDecimals(each.maintenanceMargin),
      }
    }),
})
