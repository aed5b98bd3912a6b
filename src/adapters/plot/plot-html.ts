import type { PlotPage, PlotTable } from '../../report/plot-page.ts'
import { DRAW_CHARTS } from './draw-charts.ts'
import { escapeHtml, escapeJson, OFFLINE_POLICY, uplotScript, uplotStyle } from './page-parts.ts'

/** One self-contained page: uPlot is inlined from its package, and the page may load nothing when it is opened. */
export function plotHtml(page: PlotPage): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
${OFFLINE_POLICY}
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(page.title)}</title>
<style>${uplotStyle()}
${PAGE_STYLE}</style>
</head>
<body>
<h1>${escapeHtml(page.title)}</h1>
${page.notes.map((note) => `<p>${escapeHtml(note)}</p>`).join('\n')}
${tableHtml(page.table)}
${page.charts.map(({ title }, at) => `<h2>${escapeHtml(title)}</h2>\n<div class="chart" id="chart-${at}"></div>`).join('\n')}
<script>${uplotScript()}</script>
<script type="application/json" id="charts">${escapeJson(page.charts)}</script>
<script>${DRAW_CHARTS}</script>
</body>
</html>
`
}

const PAGE_STYLE = `body { font: 15px/1.5 system-ui, sans-serif; color: #1c2330; background: #fff; max-width: 1040px; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.4rem } h2 { font-size: 1.05rem; margin: 2rem 0 .5rem } p { margin: .3rem 0 }
table { border-collapse: collapse; margin: 1rem 0; font-variant-numeric: tabular-nums }
th, td { padding: .3rem .7rem; border-bottom: 1px solid #d5dae3; text-align: right } th { font-weight: 600; vertical-align: bottom }
th:first-child, td:first-child { text-align: left }`

const tableHtml = ({ head, rows }: PlotTable): string => `<table>
<thead><tr>${head.map((cell) => `<th>${escapeHtml(cell)}</th>`).join('')}</tr></thead>
<tbody>
${rows.map((row) => `<tr>${row.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('')}</tr>`).join('\n')}
</tbody>
</table>`
