/** Style of the report: one column on a phone, cards side by side on a desk; colours by the reader's light or dark setting. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --bg: #fff; --panel: #f5f7fa; --ink: #1c2330; --muted: #59626f; --line: #dde2ea; --accent: #2457c5; --gain: #1a7f4b; --loss: #c0362c; --band: #2457c526 }
@media (prefers-color-scheme: dark) { :root { --bg: #11151c; --panel: #191f29; --ink: #e4e9f0; --muted: #9aa5b5; --line: #2b3441; --accent: #7ea6fa; --gain: #49c088; --loss: #ff7f75; --band: #7ea6fa2b } }
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 72rem; padding: 1rem .9rem 4rem; color: var(--ink); background: var(--bg); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; overflow-wrap: anywhere }
h1 { font-size: 1.35rem; line-height: 1.25; margin: .2rem 0 } h2 { font-size: 1.12rem; margin: 2.2rem 0 .5rem } h3 { font-size: .98rem; margin: 1.2rem 0 .3rem }
p { margin: .35rem 0; color: var(--muted); max-width: 50rem }
.verdict { color: var(--ink); background: var(--panel); border-left: 4px solid var(--muted); border-radius: 4px; padding: .7rem .9rem; margin: .9rem 0; font-size: 1.08rem; max-width: none }
.verdict.loss { border-color: var(--loss) } .verdict.gain { border-color: var(--gain) }
.tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(9.4rem, 1fr)); gap: .5rem }
.tile { background: var(--panel); border-radius: 6px; padding: .5rem .7rem; min-width: 0 } .tile b { display: block; font-size: 1.2rem; line-height: 1.3; font-variant-numeric: tabular-nums } .tile span { display: block; color: var(--muted); font-size: .82rem; line-height: 1.35 }
.tile b.none { font-size: .95rem; font-weight: 500; color: var(--muted); line-height: 1.64 }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: .9rem }
.card { background: var(--panel); border-radius: 6px; padding: .6rem .7rem; min-width: 0 } .card h3 { margin: 0 0 .3rem }
.up { color: var(--gain) } .down { color: var(--loss) }
.chart { display: block; width: 100%; max-width: 34rem; margin: 0 auto; font-size: 10.5px } .chart text { fill: var(--muted) } .chart text.strong { fill: var(--ink); font-weight: 600 }
.chart .grid { stroke: var(--line) } .chart .axis { stroke: var(--muted) } .chart rect.gain { fill: var(--gain) } .chart rect.loss { fill: var(--loss) } .chart .part { fill-opacity: .55 }
.chart .ideal { stroke: var(--muted); stroke-dasharray: 4 3; fill: none } .chart .said { stroke: var(--accent); fill: none; stroke-width: 1.8 } .chart .band { stroke: var(--accent); stroke-opacity: .3; stroke-width: 7 } .chart .dot { fill: var(--accent) } .chart .dot.off { fill: var(--loss) }
.chart .class-gain { fill: var(--gain); fill-opacity: .7 } .chart .class-loss { fill: var(--loss); fill-opacity: .7 } .chart .class-muted { fill: var(--muted); fill-opacity: .7 }
.curve { min-width: 0; margin: .3rem 0 } .zoom { display: flex; gap: .3rem; margin: .4rem 0 } .zoom[hidden] { display: none }
button { font: inherit; color: inherit; background: var(--panel); border: 1px solid var(--line); border-radius: 4px; padding: .15rem .6rem; min-height: 2rem; cursor: pointer }
.scroll { overflow-x: auto } .scroll.tall { max-height: 75vh; overflow-y: auto; overscroll-behavior: contain; border: 1px solid var(--line); border-radius: 6px }
table { border-collapse: collapse; font-size: .86rem; font-variant-numeric: tabular-nums; overflow-wrap: normal } th, td { padding: .25rem .8rem .25rem 0; text-align: left; border-bottom: 1px solid var(--line); vertical-align: top; white-space: nowrap } th { font-weight: 600 }
table.facts td { white-space: normal; overflow-wrap: anywhere } table.facts td:first-child { color: var(--muted); min-width: 6.5rem; max-width: 14rem }
table.figures td:not(:first-child), table.figures th:not(:first-child), td.number, th.number { text-align: right }
#trades th, #trades td { padding: .25rem .6rem } #trades thead th { position: sticky; top: 0; background: var(--bg); box-shadow: 0 1px var(--line) } #trades th button { border: 0; background: none; padding: 0; font-weight: 600; white-space: nowrap } #trades th[aria-sort] button { text-decoration: underline }
@media (max-width: 30rem) { table { font-size: .8rem } th, td { padding-right: .5rem } #trades th, #trades td { padding: .25rem .4rem } }
details summary { cursor: pointer; margin: 1rem 0 .3rem; font-weight: 600 }
.cards.three { grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)) }
.u-legend { font-size: .8rem; text-align: left } .u-legend th, .u-legend td { border: 0; padding: 0 .3rem 0 0 } .u-legend .u-value { font-variant-numeric: tabular-nums }
`
