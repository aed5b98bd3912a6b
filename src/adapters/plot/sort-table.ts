/** Runs in the page: sorts the table of trades by the head that was tapped, the other way round when tapped again. */
export const SORT_TABLE = `
const table = document.getElementById('trades')
if (table) {
  const SPANS = { min: 6e4, h: 36e5, d: 864e5 }
  // Figures as the page writes them; what is no figure is sorted as text.
  const keyOf = (text) => {
    const span = /^([\\d.,]+) (min|h|d)$/.exec(text)
    if (span) return Number(span[1].replaceAll(',', '')) * SPANS[span[2]]
    const value = Number(text.replaceAll(',', '').replace('\\u2212', '-').replace('+', ''))
    return text === '\\u2013' ? -Infinity : Number.isNaN(value) ? text : value
  }
  const order = (a, b) => (typeof a !== typeof b ? (typeof a === 'number' ? -1 : 1) : a < b ? -1 : a > b ? 1 : 0)
  const heads = [...table.tHead.rows[0].cells]
  heads.forEach((head, column) => head.firstChild.addEventListener('click', () => {
    const up = head.getAttribute('aria-sort') === 'descending'
    for (const each of heads) each.removeAttribute('aria-sort')
    head.setAttribute('aria-sort', up ? 'ascending' : 'descending')
    const rows = [...table.tBodies[0].rows].map((row) => [keyOf(row.cells[column].textContent), row])
    rows.sort(([a], [b]) => (up ? 1 : -1) * order(a, b))
    table.tBodies[0].append(...rows.map(([, row]) => row))
  }))
}
`
