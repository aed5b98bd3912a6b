import Big from 'big.js'

/** Money is told to this many decimals, as Binance does; what rounding leaves over stays in the cost of the open position. */
const MONEY_DECIMALS = 8
const DIVISION_DECIMALS = 24

/** A private constructor of `Big`, so that its precision is nobody else's. */
export const Decimal = Big()
Decimal.DP = DIVISION_DECIMALS

export const ZERO = new Decimal(0)

/** Rounds half away from zero to the venue's money resolution. */
export const money = (amount: Big): Big => amount.round(MONEY_DECIMALS, Big.roundHalfUp)

export const larger = (a: Big, b: Big): Big => (a.gt(b) ? a : b)
export const smaller = (a: Big, b: Big): Big => (a.lt(b) ? a : b)

/** A float as the shortest decimal that names it. */
export const decimal = (value: number): Big => new Decimal(String(value))
