/** Runs in the page: draws each chart of the JSON element into its own element. A text, for it is no part of this program. */
export const DRAW_CHARTS = `
const charts = JSON.parse(document.getElementById('charts').textContent)
const width = Math.min(1000, document.body.clientWidth)
const BLUE = '#2457c5', RED = '#c5362e', GREY = '#e3e7ee'
const axis = (label, scale, side, stroke) => ({
  label, scale, side, stroke: stroke || '#1c2330', grid: { stroke: GREY, width: 1 }, size: side === 2 ? 40 : 70,
})
const utc = (seconds) => new Date(seconds * 1e3).toISOString()

function scatter(chart) {
  const order = chart.x.map((_, at) => at).sort((a, b) => chart.x[a] - chart.x[b])
  const x = order.map((at) => chart.x[at])
  const data = [x, order.map((at) => chart.y[at])]
  const series = [
    { label: chart.xLabel },
    { label: chart.yLabel, stroke: BLUE, paths: () => null, points: { show: true, size: 5, fill: BLUE + '55', stroke: BLUE + '99' } },
  ]
  if (chart.line) {
    // Its two ends only: through every point it would follow the pixel grid.
    data.push(x.map((value, at) => (at > 0 && at < x.length - 1 ? null : chart.line.intercept + chart.line.slope * value)))
    series.push({ label: chart.line.label, stroke: RED, width: 2, spanGaps: true, points: { show: false } })
  }
  return [{ width, height: 460, scales: { x: { time: false } }, axes: [axis(chart.xLabel, 'x', 2), axis(chart.yLabel, 'y', 3)], series }, data]
}

function time(chart) {
  const curve = ({ label }, scale, stroke) => ({ label, scale, stroke, width: 1.5, points: { show: false } })
  const date = { label: 'UTC', value: (_, seconds) => (seconds === null ? '--' : utc(seconds).slice(0, 23).replace('T', ' ')) }
  const series = [date, curve(chart.left, 'left', BLUE), curve(chart.right, 'right', RED)]
  const right = axis(chart.right.label, 'right', 1, RED)
  right.grid = { show: false }
  const isLong = chart.at[chart.at.length - 1] - chart.at[0] > 86400
  const below = axis('', 'x', 2)
  below.values = (_, splits) => splits.map((seconds) => (isLong ? utc(seconds).slice(5, 16).replace('T', ' ') : utc(seconds).slice(11, 19)))
  below.space = 90
  const axes = [below, axis(chart.left.label, 'left', 3, BLUE), right]
  const tzDate = (seconds) => uPlot.tzDate(new Date(seconds * 1e3), 'Etc/UTC')
  return [{ width, height: 380, tzDate, axes, series }, [chart.at, chart.left.values, chart.right.values]]
}

charts.forEach((chart, at) => {
  const [options, data] = chart.kind === 'scatter' ? scatter(chart) : time(chart)
  new uPlot(options, data, document.getElementById('chart-' + at))
})
`
