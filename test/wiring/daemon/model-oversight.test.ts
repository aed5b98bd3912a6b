import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, expect, test } from 'vitest'
import type { FeatureStateFile } from '../../../src/adapters/state/feature-state-file.ts'
import { epochMs } from '../../../src/core/units.ts'
import type { Forecaster } from '../../../src/inference/forecaster.ts'
import { LEVELS } from '../../../src/model/forecaster-outputs.ts'
import { type ModelOversightParts, modelOversight } from '../../../src/wiring/daemon/model-oversight.ts'
import { FEATURES, reference, SYMBOL, settingsOf } from '../../inference/oversight/world.ts'

const dir = mkdtempSync(join(tmpdir(), 'oversight-'))
afterAll(() => rmSync(dir, { recursive: true }))

const nature = {
  ...{ levels: LEVELS, reference, saysReturns: true },
  featureNames: Array.from({ length: FEATURES }, (_, i) => `f${i}`),
}
const model = (modelId: string, more: Partial<Forecaster> = {}): Forecaster => ({
  ...{ modelId, provider: 'cpu', steps: 1, features: FEATURES, horizonBars: 1, thresholdBps: 1, nature },
  forecast: async () => [],
  release: async () => undefined,
  ...more,
})

const oversightAt = (path: string, more: Partial<ModelOversightParts> = {}) =>
  modelOversight({
    ...{ settings: settingsOf(), symbols: [SYMBOL], path, log: pino({ level: 'silent' }) },
    onAlarm: () => undefined,
    ...more,
  })

/** In memory. */
function fileOf(state?: unknown) {
  const kept = { state, saves: 0 }
  const file: FeatureStateFile = {
    load: () => kept.state,
    save(next) {
      kept.state = structuredClone(next)
      kept.saves += 1
    },
  }
  return { kept, file }
}

test('the same model is watched on, another one afresh, one that says nothing of itself not at all', () => {
  const oversight = oversightAt(join(dir, 'a.json'))
  expect(oversight.status()).toBeUndefined()
  expect(oversight.of(model('demo/a'))).toBeDefined()
  expect(oversight.status()).toMatchObject({ modelId: 'demo/a' })
  oversight.of(model('demo/b'))
  expect(oversight.status()).toMatchObject({ modelId: 'demo/b' })
  const { nature: _, ...silent } = model('demo/c')
  expect(oversight.of(silent)).toBeUndefined()
  expect(oversight.status()).toBeUndefined()
})

test('what was kept is taken up after a restart; that of another model is left aside', () => {
  const first = fileOf()
  const before = oversightAt('', { file: first.file })
  before.of(model('demo/a'))
  before.keep()
  const marked = { ...(first.kept.state as object), bars: 77 }
  const after = oversightAt('', { file: fileOf(marked).file })
  after.of(model('demo/a'))
  expect(after.status()).toMatchObject({ bars: 77 })
  const other = oversightAt('', { file: fileOf(marked).file })
  other.of(model('demo/b'))
  expect(other.status()).toMatchObject({ bars: 0 })
})

test.each([
  ['no object', 7],
  ['without its parts', 'cut'],
])('a damaged state (%s) is no reason to stop: it begins afresh', (_name, damage) => {
  const first = fileOf()
  const before = oversightAt('', { file: first.file })
  before.of(model('demo/a'))
  before.keep()
  const state = damage === 'cut' ? { key: (first.kept.state as { key: string }).key } : damage
  const after = oversightAt('', { file: fileOf(state).file })
  expect(after.of(model('demo/a'))).toBeDefined()
  expect(after.status()).toMatchObject({ bars: 0 })
})

test('neither a file that cannot be read nor one that cannot be written ends anything', () => {
  const fail = (): never => {
    throw new Error('the disk is gone')
  }
  const oversight = oversightAt('', { file: { load: fail, save: fail } })
  expect(oversight.of(model('demo/a'))).toBeDefined()
  oversight.keep()
})

test('it is kept once a minute, also after the clock was put back', () => {
  const { kept, file } = fileOf()
  const oversight = oversightAt('', { file })
  oversight.of(model('demo/a'))
  const at = (second: number): number => {
    oversight.onDecided(epochMs(second * 1_000))
    return kept.saves
  }
  expect([at(10_000), at(10_059), at(10_060), at(10_061), at(100), at(101)]).toEqual([1, 1, 2, 2, 3, 3])
})
