/** What this page adds to `PAGE_STYLE`. Curves differ in dashes too, for those who tell colours badly apart. */
export const TRAINING_STYLE = `
:root { --c1: #b45309; --c2: #0f766e; --c3: #8b3fb0; --c4: #be185d; --c5: #4d5b1c }
@media (prefers-color-scheme: dark) { :root { --c1: #f0a04b; --c2: #4cc9b0; --c3: #cf8df0; --c4: #f57fb0; --c5: #c3d172 } }
p.kind { font-size: .85rem; margin: 0 } svg text { font-variant-numeric: tabular-nums }
.line { fill: none; stroke-width: 1.5; stroke-linejoin: round; stroke-linecap: round }
.l0 { stroke: var(--accent) } .l1 { stroke: var(--c1) } .l2 { stroke: var(--c2); stroke-dasharray: 6 2 } .l3 { stroke: var(--c3); stroke-dasharray: 8 3 2 3 } .l4 { stroke: var(--c4); stroke-dasharray: 3 2 } .l5 { stroke: var(--c5); stroke-dasharray: 1 2 } .l2, .l3, .l4, .l5 { stroke-width: 1.1 } .flat { stroke: var(--muted); stroke-dasharray: 5 4 }
.line.solid { stroke-dasharray: none }
.f0 { fill: var(--accent) } .f1 { fill: var(--c1) } .f2 { fill: var(--c2) } .f3 { fill: var(--c3) } .f4 { fill: var(--c4) } .f5 { fill: var(--c5) }
.gap { fill: var(--loss); fill-opacity: .45 } .track { fill: var(--line); fill-opacity: .6 } .kept { fill: var(--panel); stroke: var(--c1); stroke-width: 2 } .keptline { stroke: var(--c1); stroke-opacity: .45 }
.whisker { stroke: var(--ink); stroke-width: 1 } .bar { fill: var(--accent); fill-opacity: .75 } .bar.down { fill: var(--muted) }
.trials { fill: none; stroke-width: 1.2 } .trials.complete { stroke: var(--accent); stroke-width: 5.5; stroke-linecap: round; stroke-opacity: .5 } .trials.pruned { stroke: var(--muted) } .trials.failed { stroke: var(--loss) } .trials.infeasible { stroke: var(--c1) } .bestdot { fill: var(--gain); stroke: var(--ink) }
.legend { display: flex; flex-wrap: wrap; gap: .1rem .9rem; font-size: .85rem; max-width: none } .key { width: 1.7rem; height: .7rem; vertical-align: baseline; margin-right: .3rem }
.cards.tight { grid-template-columns: repeat(auto-fit, minmax(min(100%, 18rem), 1fr)) } .card { margin: 0 }
.outcome { display: inline-block; font-weight: 600; font-size: .8rem; border: 1px solid; border-radius: 3px; padding: 0 .4rem; white-space: nowrap } .outcome.gain { color: var(--gain) } .outcome.loss { color: var(--loss) } .outcome.none { color: var(--muted) }
table.checks { width: 100% } table.checks td { font-variant-numeric: tabular-nums } table.checks td:nth-child(2) { font-weight: 600; white-space: normal; overflow-wrap: anywhere; min-width: 11rem } table.checks td:last-child { white-space: normal; color: var(--muted); min-width: 16rem; width: 55% }
table.scores td, table.scores thead th { text-align: right } table.scores thead th { white-space: normal; overflow-wrap: break-word; min-width: 6rem; max-width: 10rem; vertical-align: bottom } table.scores th:first-child { text-align: left; position: sticky; left: 0; background: var(--bg) } table.scores tbody th { font-weight: 400; color: var(--muted) } table.scores td.best { font-weight: 700; color: var(--gain) } table.scores td.none { color: var(--muted); font-size: .9em; white-space: normal } table.scores tr.first > * { padding-top: .9rem }
@media (max-width: 40rem) { table.checks, table.checks tbody { display: block } table.checks thead { display: none } table.checks tr { display: grid; grid-template-columns: auto 1fr; gap: .1rem .8rem; padding: .5rem 0; border-bottom: 1px solid var(--line) } table.checks td { border: 0; padding: 0 } table.checks td:nth-child(2) { min-width: 0 } table.checks td:nth-child(3)::before { content: "value " } table.checks td:last-child { grid-column: 1 / -1; width: auto; min-width: 0 } table.scores thead th { min-width: 4.5rem } }
`
