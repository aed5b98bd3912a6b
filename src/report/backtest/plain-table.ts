import { escaped } from '../model/svg.ts'

/** Rows of text in a frame that scrolls sideways on its own, never the page. */
export function plainTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  kind: 'plain' | 'facts' | 'figures' = 'plain',
): string {
  const top =
    head.length > 0 ? `<thead><tr>${head.map((text) => `<th>${escaped(text)}</th>`).join('')}</tr></thead>` : ''
  const cells = (row: readonly string[]): string => row.map((text) => `<td>${escaped(text)}</td>`).join('')
  const body = rows.map((row) => `<tr>${cells(row)}</tr>`).join('')
  return `<div class="scroll" tabindex="0"><table class="${kind}">${top}<tbody>${body}</tbody></table></div>`
}
