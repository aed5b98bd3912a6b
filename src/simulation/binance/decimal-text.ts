/** Exact decimal string of `value` × 10^−`decimals`. */
export function scaledText(value: bigint, decimals: number): string {
  const digits = (value < 0n ? -value : value).toString().padStart(decimals + 1, '0')
  const sign = value < 0n ? '-' : ''
  if (decimals === 0) return sign + digits
  return `${sign}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`
}

/** Digits behind the point of a decimal string, trailing zeros included: the venue's precision of `0.10` is 2. */
export const decimalsIn = (text: string): number => text.split('.')[1]?.length ?? 0

/** A float as Binance writes derived amounts: eight decimals, rounding noise cut. */
export const eightDecimals = (value: number): string => {
  const text = value.toFixed(8)
  return text === '-0.00000000' ? '0.00000000' : text
}
