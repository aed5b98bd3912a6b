/** Runs in the page: draws each chart of the JSON element into its own element; all share one span of time. A text, for it is no part of this program. */
export const DRAW_CURVES = `
const charts = JSON.parse(document.getElementById('charts').textContent)
const dark = matchMedia('(prefers-color-scheme: dark)')
const css = (name) => getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim()
const utc = (seconds, from, to) => new Date(seconds * 1e3).toISOString().slice(from, to).replace('T', ' ')
const compact = new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 5 })
const full = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 7 })
const percents = new Intl.NumberFormat('en-US', { style: 'percent', maximumFractionDigits: 2 })
const ends = charts.length > 0 ? [Math.min(...charts.map(({ at }) => at[0])), Math.max(...charts.map(({ at }) => at[at.length - 1]))] : [0, 1]
let plots = []
let busy = false

/** Shows [from, to] in every chart, within what there is; not narrower than a minute. */
function showSpan(from, to) {
  if (busy) return
  const width = Math.min(Math.max(to - from, 60), ends[1] - ends[0])
  const min = Math.min(Math.max(from, ends[0]), ends[1] - width)
  busy = true
  for (const plot of plots) plot.setScale('x', { min, max: min + width })
  busy = false
}

function timeLabels(plot, splits) {
  const span = plot.scales.x.max - plot.scales.x.min
  const [from, to] = span > 86400 * 400 ? [0, 7] : span > 86400 * 3 ? [5, 10] : span > 86400 ? [5, 16] : [11, 16]
  return splits.map((seconds) => utc(seconds, from, to))
}

function triangle(context, x, y, size, up) {
  context.beginPath()
  context.moveTo(x, y + (up ? -size : size))
  context.lineTo(x + size, y + (up ? size : -size))
  context.lineTo(x - size, y + (up ? size : -size))
  context.fill()
}

/** Entries are triangles, exits rings; smaller where there are many. */
function drawMarks(plot, { at, values, kinds }) {
  const { ctx: context, bbox } = plot
  const { min, max } = plot.scales.x
  const shown = at.reduce((count, seconds) => count + (seconds >= min && seconds <= max ? 1 : 0), 0)
  const size = devicePixelRatio * (shown > 600 ? 2 : shown > 150 ? 3 : 4.5)
  const colours = { b: css('gain'), s: css('loss'), w: css('gain'), l: css('loss') }
  context.save()
  context.beginPath()
  context.rect(bbox.left, bbox.top, bbox.width, bbox.height)
  context.clip()
  context.lineWidth = devicePixelRatio * 1.3
  at.forEach((seconds, index) => {
    if (seconds < min || seconds > max) return
    const kind = kinds[index]
    const x = plot.valToPos(seconds, 'x', true)
    const y = plot.valToPos(values[index], 'y', true)
    context.fillStyle = context.strokeStyle = colours[kind]
    if (kind === 'b' || kind === 's') return triangle(context, x, y, size, kind === 'b')
    context.beginPath()
    context.arc(x, y, size, 0, 2 * Math.PI)
    context.stroke()
  })
  context.restore()
}

function options(chart, width) {
  const text = (value) => (value === null || value === undefined ? '\\u2013' : chart.percent ? percents.format(value) : full.format(value))
  const axis = (extra) => ({ stroke: css('muted'), grid: { stroke: css('line'), width: 1 }, ticks: { show: false }, font: '11px system-ui, sans-serif', ...extra })
  const series = chart.curves.map(({ label, colour, filled }) => ({
    label, stroke: css(colour), width: 1.4, points: { show: false }, value: (_, value) => text(value), ...(filled ? { fill: css(colour) + '22' } : {}),
  }))
  const bounds = chart.band ? ['low', 'high'].map((side) => ({ label: chart.band.label + ', ' + side, stroke: css('accent') + '55', width: 1, points: { show: false }, value: (_, value) => text(value) })) : []
  const first = chart.curves.length + 1
  return {
    width, height: chart.height, series: [{ label: 'UTC', value: (_, seconds) => (seconds === null ? '\\u2013' : utc(seconds, 0, 16)) }, ...series, ...bounds],
    ...(chart.band ? { bands: [{ series: [first + 1, first], fill: css('band') }] } : {}),
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1e3), 'Etc/UTC'),
    scales: { x: { time: true } },
    axes: [axis({ values: timeLabels, space: 64, size: 32, gap: 9 }), axis({ size: 54, space: 34, values: (_, splits) => splits.map((value) => (chart.percent ? percents.format(value) : compact.format(value))) })],
    cursor: { drag: { x: true, y: false }, sync: { key: 'time', setSeries: false, scales: ['x', null] } },
    hooks: {
      setScale: [(plot, key) => key === 'x' && plots.includes(plot) && showSpan(plot.scales.x.min, plot.scales.x.max)],
      draw: chart.marks ? [(plot) => drawMarks(plot, chart.marks)] : [],
    },
  }
}

const widthOf = (place) => Math.max(200, place.clientWidth)

function drawAll() {
  const span = plots[0] && { ...plots[0].scales.x }
  for (const plot of plots) plot.destroy()
  plots = []
  plots = charts.map((chart) => {
    const place = document.getElementById(chart.id)
    const data = [chart.at, ...chart.curves.map(({ values }) => values), ...(chart.band ? [chart.band.low, chart.band.high] : [])]
    return new uPlot(options(chart, widthOf(place)), data, place)
  })
  showSpan(span ? span.min : ends[0], span ? span.max : ends[1])
}

drawAll()
dark.addEventListener('change', drawAll)
addEventListener('resize', () => plots.forEach((plot, index) => {
  const width = widthOf(document.getElementById(charts[index].id))
  if (width !== plot.width) plot.setSize({ width, height: charts[index].height })
}))

for (const bar of document.querySelectorAll('.zoom')) {
  bar.hidden = false
  for (const button of bar.children) button.addEventListener('click', () => {
    const { min, max } = plots[0].scales.x
    const width = max - min
    const { zoom } = button.dataset
    if (zoom === 'all') showSpan(...ends)
    if (zoom === 'in') showSpan(min + width / 4, max - width / 4)
    if (zoom === 'out') showSpan(min - width / 2, max + width / 2)
    if (zoom === 'back') showSpan(min - width / 2, max - width / 2)
    if (zoom === 'on') showSpan(min + width / 2, max + width / 2)
  })
}
`
