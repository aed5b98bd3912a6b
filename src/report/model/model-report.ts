import type { ManifestDraft } from '../../model/bundle/manifest.ts'
import { drawGraph } from './draw-graph.ts'
import { type Coverage, coverages, metricRows } from './metric-rows.ts'
import { lossChart, reliabilityChart } from './report-charts.ts'
import { settingRows } from './setting-rows.ts'
import { escaped, figure } from './svg.ts'

export interface ModelReport {
  /** As it will be sealed: scores, coverage, losses and parameters come from here. */
  readonly manifest: ManifestDraft
  /** `model.onnx`. */
  readonly graph: Uint8Array
  /** Rows of the evaluation by [what came][what had the greatest probability]: down, flat, up. */
  readonly confusion?: readonly (readonly [number, number, number])[]
  /** What else a reader should know, plain text. */
  readonly notes?: readonly string[]
}

const CLASSES = ['down', 'flat', 'up'] as const

const STYLE = `
:root { color-scheme: light; --ink: #1c2330; --muted: #59626f; --line: #e4e7eb }
body { margin: 0 auto; max-width: 60rem; padding: 2rem 1rem 4rem; color: var(--ink); background: #fff; font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif }
h1 { font-size: 1.6rem; margin: 0 } h2 { font-size: 1.15rem; margin: 2.4rem 0 .6rem }
p, .muted { color: var(--muted) } p { margin: .3rem 0; max-width: 46rem }
table { border-collapse: collapse; font-variant-numeric: tabular-nums } th, td { padding: .28rem .9rem .28rem 0; text-align: left; border-bottom: 1px solid var(--line); vertical-align: top }
td.number, th.number { text-align: right } th { font-weight: 600 } td.best { background: #e6f3e4 }
.plot { width: 100%; max-width: 560px } .drawing { overflow-x: auto; border: 1px solid var(--line); border-radius: 6px } .drawing svg { display: block; margin: 0 auto; max-width: none }
.columns { columns: 14rem; padding: 0; margin: 0; list-style: none; font-size: .9rem }
.dot { display: inline-block; width: .7rem; height: .7rem; border-radius: 50%; margin-right: .3rem }
`

/**
 * One page about a model: scores beside baselines, losses, coverage, classes, parameters, features, drawing of the graph. Self-contained:
 * no script, nothing fetched. Equal reports give equal bytes.
 */
export function modelReport(report: ModelReport): string {
  const { manifest, graph, confusion, notes = [] } = report
  const { family, version, architecture, metrics, fit, horizonBars, barMs, features } = manifest
  const title = `${family}/${version}`
  const covered = coverages(metrics, fit.evaluationRows, horizonBars)
  const facts = [
    architecture.name,
    ...(manifest.weights ? [`${figure(manifest.weights.count)} weights`] : []),
    `${manifest.steps} bars of ${barMs} ms × ${features.names.length} features`,
    `${horizonBars} bars ahead`,
    `made ${manifest.createdAt}`,
  ]
  return [
    '<!doctype html>',
    `<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">`,
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    `<title>${escaped(title)}</title><style>${STYLE}</style></head><body>`,
    `<h1>${escaped(title)}</h1><p>${escaped(facts.join(' · '))}</p>`,
    ...notes.map((note) => `<p>${escaped(note)}</p>`),
    section('Scores', scoresTable(manifest)),
    manifest.training ? section('Training', trainingPart(manifest.training)) : '',
    covered.length > 0 ? section('Coverage of the quantiles', coveragePart(covered, manifest)) : '',
    confusion ? section('Classes', confusionTable(confusion)) : '',
    section('Fitted on', table([], fitRows(manifest))),
    section('Parameters', table([], settingRows(architecture.parameters))),
    section('Graph', `<div class="drawing">${drawGraph(graph, { file: title, title: architecture.name })}</div>`),
    section('Features', featureList(features)),
    '</body></html>\n',
  ]
    .filter((part) => part !== '')
    .join('\n')
}

const section = (title: string, content: string): string => `<h2>${escaped(title)}</h2>${content}`

/** Cells that are numbers stand right. */
function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cell = (value: string | number): string =>
    typeof value === 'number' ? `<td class="number">${figure(value)}</td>` : `<td>${escaped(value)}</td>`
  const heads = head.map((text, at) => `<th${at > 0 ? ' class="number"' : ''}>${escaped(text)}</th>`)
  const top = head.length > 0 ? `<tr>${heads.join('')}</tr>` : ''
  return `<table>${top}${rows.map((row) => `<tr>${row.map(cell).join('')}</tr>`).join('')}</table>`
}

function scoresTable({ metrics, fit }: ManifestDraft): string {
  const rows = metricRows(metrics).map(({ name, value, baseline }) => [name, value, baseline ?? ''])
  const about = `Out of sample, ${figure(fit.evaluationRows)} rows. The baseline always says the training rows' own mean, quantiles and class shares.`
  return `<p>${escaped(about)}</p>${table(['score', 'model', 'baseline'], rows)}`
}

function trainingPart(training: NonNullable<ManifestDraft['training']>): string {
  const { engine, provider, seed, epochs, bestEpoch, optimizer } = training
  const key = (colour: string, text: string): string => `<span class="dot" style="background:${colour}"></span>${text} `
  const about = `${epochs} epochs, the weights of epoch ${bestEpoch} kept; seed ${seed}; engine ${engine} on ${provider}.`
  return [
    `<p>${escaped(about)}</p><p>${key('#2f63a8', 'train')}${key('#b2491d', 'validation')}</p>`,
    lossChart(training),
    table([], settingRows(optimizer)),
  ].join('')
}

function coveragePart(rows: readonly Coverage[], { fit, horizonBars }: ManifestDraft): string {
  const percent = (value: number): string => `${figure(100 * value)} %`
  const about = `Share of the ${figure(fit.evaluationRows)} returns below each quantile. The band holds 95 % of right forecasts, counting one return per horizon of ${horizonBars} bars.`
  const cells = rows.map(({ level, observed, low, high }) => [
    percent(level),
    percent(observed),
    `${percent(low)} – ${percent(high)}`,
    observed >= low && observed <= high ? 'inside' : 'outside',
  ])
  return `<p>${escaped(about)}</p>${reliabilityChart(rows)}${table(['level', 'observed', 'band', ''], cells)}`
}

function confusionTable(counts: readonly (readonly number[])[]): string {
  const total = counts.flat().reduce((sum, count) => sum + count, 0)
  const right = counts.reduce((sum, row, at) => sum + (row[at] ?? 0), 0)
  const rows = counts.map((row, actual) => {
    const cells = row.map((count, said) => `<td class="number${said === actual ? ' best' : ''}">${figure(count)}</td>`)
    return `<tr><th>came ${CLASSES[actual] ?? ''}</th>${cells.join('')}</tr>`
  })
  const head = `<tr><th></th>${CLASSES.map((name) => `<th class="number">said ${name}</th>`).join('')}</tr>`
  const share = total > 0 ? `${figure((100 * right) / total)} % of ${figure(total)} right.` : 'No rows.'
  return `<p>The class of the greatest probability against what came. ${share}</p><table>${head}${rows.join('')}</table>`
}

function fitRows({ fit, parent }: ManifestDraft): readonly (readonly string[])[] {
  const { source, window, trainRows, validationRows, evaluationRows, trials } = fit
  const span = window === undefined || window === 'simulated' ? 'simulated' : `${window.from} to ${window.to}`
  return [
    ['source', source],
    ...(window === undefined ? [] : [['window', span]]),
    ['training rows', figure(trainRows)],
    ['validation rows', figure(validationRows)],
    ['evaluation rows', figure(evaluationRows)],
    ['trials', figure(trials)],
    ['parent', parent ?? 'none'],
  ]
}

function featureList({ names, schemaHash }: ManifestDraft['features']): string {
  const items = names.map((name) => `<li>${escaped(name)}</li>`).join('')
  return `<p>${names.length} columns, schema ${escaped(schemaHash)}.</p><ol class="columns">${items}</ol>`
}
