import type { PlotPage } from '../plot-page.ts'
import type { DivergenceReport, OrderRow } from './divergence-report.ts'
import { orderTable, type TimeText, worstOrders } from './divergence-table.ts'
import { divergenceNotes } from './divergence-text.ts'

/** More rows make a page slow and nobody wiser. */
const ROWS_MAX = 500

export interface PageWords {
  readonly title: string
  /** Above the totals. */
  readonly notes: readonly string[]
  readonly timeText: TimeText
}

/** Cumulative PnL of both, the total difference against its part in price, and the orders. */
export function divergencePlot(report: DivergenceReport, said: PageWords): PlotPage {
  const { orders, currency } = report
  const rows = worstOrders(report, ROWS_MAX)
  const cut = rows.length < orders.length ? [`The table shows the ${ROWS_MAX} orders that differ most.`] : []
  const both = orders.filter(({ real, simulated }) => real.delayBps !== null && simulated.delayBps !== null)
  return {
    title: said.title,
    notes: [...said.notes, ...divergenceNotes(report), ...cut],
    charts: [
      {
        kind: 'time',
        title: 'PnL of the orders sent so far, valued at the end of the tape (UTC)',
        at: orders.map(({ sentAt }) => sentAt / 1_000),
        left: { label: `real, ${currency}`, values: running(orders, ({ real }) => real.pnl) },
        right: { label: `simulated, ${currency}`, values: running(orders, ({ simulated }) => simulated.pnl) },
      },
      {
        kind: 'scatter',
        title: 'How far the mid had moved against each order when it arrived',
        xLabel: 'real, bps',
        yLabel: 'simulated, bps',
        x: both.map(({ real }) => real.delayBps!),
        y: both.map(({ simulated }) => simulated.delayBps!),
        line: { label: 'equal', intercept: 0, slope: 1 },
      },
    ],
    table: orderTable(rows, currency, said.timeText),
  }
}

function running(orders: readonly OrderRow[], pnlOf: (row: OrderRow) => string): number[] {
  let sum = 0
  return orders.map((row) => {
    sum += Number(pnlOf(row))
    return sum
  })
}
