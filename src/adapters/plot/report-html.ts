import type { ReportPage } from '../../report/backtest/report-page.ts'
import { DRAW_CURVES } from './draw-curves.ts'
import { escapeHtml, escapeJson, OFFLINE_POLICY, uplotScript, uplotStyle } from './page-parts.ts'
import { SORT_TABLE } from './sort-table.ts'

/** One self-contained page with curves that zoom and a table that sorts; it may load nothing when it is opened. */
export const reportHtml = ({ title, body, style, charts }: ReportPage): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
${OFFLINE_POLICY}
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="data:,">
<style>${uplotStyle()}
${style}</style>
</head>
<body>
${body}
<script>${uplotScript()}</script>
<script type="application/json" id="charts">${escapeJson(charts)}</script>
<script>${DRAW_CURVES}
${SORT_TABLE}</script>
</body>
</html>
`
