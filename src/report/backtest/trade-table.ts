import { escaped } from '../model/svg.ts'
import { countText, moneyText, numberText, priceText, signedMoneyText } from './number-text.ts'
import type { RoundTrip } from './record.ts'
import { spanText, utcMinute } from './utc-text.ts'

export const TRADE_ROWS_MAX = 2_000

const COLUMNS: readonly (readonly [head: string, text: (trip: RoundTrip) => string, isNumber: boolean])[] = [
  ['opened', ({ openedAt }) => utcMinute(openedAt), false],
  ['net', ({ netPnl }) => signedMoneyText(netPnl), true],
  ['side', ({ side }) => (side === 'buy' ? 'long' : 'short'), false],
  ['symbol', ({ symbol }) => symbol, false],
  [
    'net, bps',
    ({ netPnl, entryValue }) => numberText(entryValue > 0 ? (1e4 * netPnl) / entryValue : Number.NaN, 1),
    true,
  ],
  ['held', ({ openedAt, closedAt }) => spanText(closedAt - openedAt), true],
  ['entry', ({ entryPrice }) => priceText(entryPrice), true],
  ['exit', ({ exitPrice }) => priceText(exitPrice), true],
  ['value', ({ entryValue }) => moneyText(entryValue), true],
  ['gross', ({ grossPnl }) => signedMoneyText(grossPnl), true],
  ['fees', ({ fees }) => moneyText(fees), true],
  ['funding', ({ funding }) => signedMoneyText(funding), true],
  ['slippage', ({ slippage }) => moneyText(slippage), true],
  ['MAE', ({ mae }) => moneyText(mae), true],
  ['MFE', ({ mfe }) => moneyText(mfe), true],
  ['ended by', ({ exitReason }) => exitReason, false],
  ['model', ({ modelId }) => modelId || '–', false],
]

/** The latest trades, newest first, at most `TRADE_ROWS_MAX`; the rest is counted. Heads are buttons: the page sorts by them. */
export function tradeTable(trips: readonly RoundTrip[], currency: string): string {
  if (trips.length === 0) return '<p>No trade was made.</p>'
  const shown = trips.slice(-TRADE_ROWS_MAX).reverse()
  const missing = trips.length - shown.length
  const left =
    missing > 0
      ? ` The latest ${countText(shown.length, 'trade')} are shown; ${countText(missing, 'earlier one')} ${missing === 1 ? 'is' : 'are'} in trades.csv.`
      : ''
  const about = `Money in ${currency}, times UTC. MAE and MFE: how far the trade was in the red and in the black at most. Tap a head to sort.${left}`
  const heads = COLUMNS.map(
    ([head, , isNumber]) => `<th${isNumber ? ' class="number"' : ''}><button type="button">${head}</button></th>`,
  )
  const rows = shown.map(
    (trip) => `<tr>${COLUMNS.map(([head, text, isNumber]) => cell(head, text(trip), isNumber)).join('')}</tr>`,
  )
  return [
    `<p>${escaped(about)}</p><div class="scroll tall" tabindex="0"><table id="trades"><thead><tr>${heads.join('')}</tr></thead>`,
    `<tbody>\n${rows.join('\n')}\n</tbody></table></div>`,
  ].join('')
}

function cell(head: string, text: string, isNumber: boolean): string {
  if (!isNumber) return `<td>${escaped(text)}</td>`
  const colour = head.startsWith('net') && text !== '–' ? (text.startsWith('−') ? ' down' : ' up') : ''
  return `<td class="number${colour}">${escaped(text)}</td>`
}
