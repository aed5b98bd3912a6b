/** By count of decimals. Made once: making one costs more than a hundred uses. */
const FORMATS = Array.from(
  { length: 9 },
  (_, decimals) => new Intl.NumberFormat('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals }),
)

/** What is not finite is a dash; a minus sign is as wide as a plus, and never stands before 0. */
const plain = (value: number, decimals: number): string =>
  Number.isFinite(value)
    ? FORMATS[decimals]!.format(value)
        .replace(/^-(?=[0.,]*$)/, '')
        .replace('-', '−')
    : '–'

const withSign = (text: string): string =>
  /^[−–]/.test(text) || /^[0.,]*$/.test(text.replace(/ .*/, '')) ? text : `+${text}`

/** Decimals that leave about four digits. */
function decimalsFor(value: number): number {
  const size = Math.abs(value)
  return size >= 1_000 ? 0 : size >= 1 || size === 0 ? 2 : size >= 0.01 ? 4 : 6
}

export const numberText = (value: number, decimals = 2): string => plain(value, decimals)

/** `1,234`, `12.35`, `0.0123`: money or a price without its unit. */
export const moneyText = (value: number): string => plain(value, decimalsFor(value))
export const signedMoneyText = (value: number): string => withSign(moneyText(value))

/** At least seven digits: ticks are small. */
export const priceText = (value: number): string => plain(value, value >= 1_000 ? 2 : value >= 1 ? 5 : 8)

/** Of a fraction: `3.2 %`. */
export const percentText = (fraction: number, decimals = 1): string =>
  Number.isFinite(fraction) ? `${plain(100 * fraction, decimals)} %` : '–'
export const signedPercentText = (fraction: number, decimals = 1): string => withSign(percentText(fraction, decimals))

/** For axes: `−1.5k`, `0`, `0.02`. */
export function axisText(value: number): string {
  const size = Math.abs(value)
  const [scale, unit] = size >= 1e6 ? [1e6, 'M'] : size >= 1e4 ? [1e3, 'k'] : [1, '']
  return `${String(Number((value / scale).toPrecision(6))).replace('-', '−')}${unit}`
}

export const countText = (value: number, one: string, many = `${one}s`): string =>
  `${plain(value, 0)} ${value === 1 ? one : many}`
