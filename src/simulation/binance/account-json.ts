import Big from 'big.js'
import type { AccountId } from '../exchange/exchange.ts'
import { type AccountFigures, entryPriceText, type PositionFigures } from './account-figures.ts'
import { eightDecimals } from './decimal-text.ts'

const positionCommon = ({ listing, position, unrealised }: PositionFigures) => ({
  symbol: listing.name,
  positionSide: position.positionSide,
  positionAmt: listing.quantityText(position.lots),
  entryPrice: entryPriceText(position.entryPrice),
  updateTime: Math.floor(position.updatedAt),
  unrealized: eightDecimals(unrealised),
})

/** Margin of an isolated position with its profit, and without; `0` in cross mode. */
const isolatedMargin = ({ position, unrealised }: PositionFigures) =>
  position.marginType === 'isolated' ? new Big(position.isolatedWallet).plus(unrealised).toFixed(8) : '0.00000000'
const isolatedWallet = ({ position }: PositionFigures) => new Big(position.isolatedWallet).toFixed(8)

/** `GET /fapi/v2/positionRisk`. */
export function positionRiskV2(figures: PositionFigures) {
  const { unrealized, ...common } = positionCommon(figures)
  return {
    ...common,
    breakEvenPrice: common.entryPrice,
    markPrice: eightDecimals(figures.markPrice),
    unRealizedProfit: unrealized,
    liquidationPrice: eightDecimals(figures.position.liquidationPrice),
    leverage: String(figures.position.leverage),
    maxNotionalValue: String(figures.notionalMax),
    marginType: figures.position.marginType,
    isolatedMargin: isolatedMargin(figures),
    isAutoAddMargin: 'false',
    notional: eightDecimals(figures.notional),
    isolatedWallet: isolatedWallet(figures),
  }
}

/** `GET /fapi/v3/positionRisk` and the websocket API's `v2/account.position`. */
export function positionRiskV3(figures: PositionFigures) {
  const { unrealized, ...common } = positionCommon(figures)
  return {
    ...common,
    breakEvenPrice: common.entryPrice,
    markPrice: eightDecimals(figures.markPrice),
    unRealizedProfit: unrealized,
    liquidationPrice: eightDecimals(figures.position.liquidationPrice),
    isolatedMargin: isolatedMargin(figures),
    notional: eightDecimals(figures.notional),
    marginAsset: figures.listing.instrument.settle,
    isolatedWallet: isolatedWallet(figures),
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
  crossWalletBalance: figures.crossWallet,
  crossUnPnl: figures.crossUnrealised,
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
  totalCrossWalletBalance: figures.crossWallet,
  totalCrossUnPnl: figures.crossUnrealised,
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
  crossWalletBalance: figures.crossWallet,
  crossUnPnl: figures.crossUnrealised,
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
      maxNotional: String(each.notionalMax),
      bidNotional: '0',
      askNotional: '0',
      notional: eightDecimals(each.notional),
      isolatedWallet: isolatedWallet(each),
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
        isolatedWallet: isolatedWallet(each),
        initialMargin: eightDecimals(each.initialMargin),
        maintMargin: eightDecimals(each.maintenanceMargin),
      }
    }),
})
