import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { defaultFeatureSettings, featureSchema } from '../../../src/features/feature-schema.ts'

const read = (file: string): string => readFileSync(file, 'utf8')
const sourceOf = (folder: string): string =>
  readdirSync(folder)
    .map((name) => read(join(folder, name)))
    .join('\n')

/** Members of a union of string literals, as its source lists them. */
function members(file: string, type: string): readonly string[] {
  const [, union = ''] =
    new RegExp(`type ${type} =((?:\\s*(?://|/\\*)[^\\n]*|\\s*\\|?\\s*['\`][^'\`]+['\`])+)`).exec(read(file)) ?? []
  return [...union.matchAll(/\| ?'([^']+)'|= ?'([^']+)'|^ ?'([^']+)'/gm)].map(([, a, b, c]) => a ?? b ?? c ?? '')
}

describe('docs/risk.md names', () => {
  const doc = read('docs/risk.md')
  const cases = [
    ['src/risk/approve.ts', 'RefusalCode', 16],
    ['src/core/freeze-reason.ts', 'FreezeReason', 12],
    ['src/risk/latches.ts', 'LatchName', 4],
    ['src/policy/decision.ts', 'AbstainReason', 7],
  ] as const
  test.each(cases)('every member of %s, %s', (file, type, atLeast) => {
    const names = members(file, type)
    expect(names.length).toBeGreaterThanOrEqual(atLeast)
    expect(names.filter((name) => !doc.includes(`\`${name}\``))).toEqual([])
  })
})

test('docs/features.md names every column, in its order', () => {
  const doc = read('docs/features.md')
  const { names } = featureSchema(defaultFeatureSettings(1_000))
  const said = names.filter((name) => !/^ofi_level_[2-4]$/.test(name)) // Said as "… to …".
  const places = said.map((name) => doc.indexOf(`\`${name}\``))
  expect(places.every((place) => place > 0)).toBe(true)
  expect(places).toEqual(places.toSorted((a, b) => a - b))
})

test('docs/exchange-simulator.md names every endpoint and method, and no other', () => {
  const doc = read('docs/exchange-simulator.md')
  const source = sourceOf('src/simulation/binance')
  const routes = [...source.matchAll(/'((?:GET|POST|PUT|DELETE) \/fapi\/[^']+)'/g)].map(([, route]) => route)
  expect(routes.length).toBeGreaterThan(40)
  const said = [...doc.matchAll(/`((?:GET|POST|PUT|DELETE) \/fapi\/[^`]+)`/g)].map(([, route]) => route)
  expect(said.toSorted()).toEqual([...routes, 'DELETE /fapi/v1/listenKey'].toSorted())
  const methods = [...source.matchAll(/^ {2}'?([a-zA-Z0-9./]+)'?: \['(?:GET|POST|DELETE)'/gm)].map(([, name]) => name)
  expect(methods.length).toBeGreaterThan(10)
  expect(methods.filter((name) => !doc.includes(`\`${name}\``))).toEqual([])
})

test('docs/replay.md names every field of the answer', () => {
  const doc = read('docs/replay.md')
  const source = ['replay/replay-simulated.ts', 'replay/replay-recorded-run.ts', 'daemon/run-counts.ts']
    .map((file) => `src/wiring/${file}`)
    .map(read)
    .join('\n')
  const blocks = [...source.matchAll(/interface (?:ReplaySummary|RecordedRunSummary|RunCounts) [^{]*\{([^}]*)\}/g)].map(
    ([, body]) => body,
  )
  const fields = blocks.flatMap((body) => [...(body ?? '').matchAll(/readonly (\w+):/g)].map(([, field]) => field))
  expect(fields.length).toBeGreaterThan(25)
  expect(fields.filter((field) => !doc.includes(`\`${field}\``))).toEqual([])
})

test('docs/demo-model.md gives the scores of the current bundle', () => {
  const doc = read('docs/demo-model.md')
  const version = read('models/demo/current').trim()
  const { metrics } = JSON.parse(read(`models/demo/${version}/manifest.json`)) as { metrics: Record<string, number> }
  expect(doc).toContain(`\`${version}\``)
  const rows = [...doc.matchAll(/^\| `([\w-]+)` +\| ([-\d.| ]+) \|/gm)].map(([, name = '', cells = '']) => [
    name,
    cells.split('|').map((cell) => cell.trim()),
  ])
  const scores = ['pinballBps', 'logLoss', 'squaredErrorBps2', 'qlike']
  const baselines = [...new Set(Object.keys(metrics).map((key) => /^baseline\.([\w-]+)\./.exec(key)?.[1]))]
  const expected = [
    ...Object.entries(metrics).flatMap(([key, value]) => (key.includes('.') ? [] : [[key, [value.toFixed(3)]]])),
    ...baselines.flatMap((name) =>
      name === undefined ? [] : [[name, scores.map((score) => metrics[`baseline.${name}.${score}`]!.toFixed(3))]],
    ),
  ]
  expect(rows).toEqual(expected)
})

const pages = [...readdirSync('docs').map((name) => `docs/${name}`), ...readdirSync('.')].filter((name) =>
  name.endsWith('.md'),
)

test.each(pages)('every link of %s leads somewhere', (page) => {
  const links = [...read(page).matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map(([, link]) => link ?? '')
  expect(links.filter((link) => !/^https?:/.test(link) && !existsSync(join(dirname(page), link)))).toEqual([])
})
