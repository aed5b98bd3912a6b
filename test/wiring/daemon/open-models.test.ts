import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readCurrentVersion } from '../../../src/adapters/bundle/read-bundle.ts'
import { setCurrent } from '../../../src/adapters/bundle/write-bundle.ts'
import { systemClock } from '../../../src/adapters/clock/system-clock.ts'
import { systemScheduler } from '../../../src/adapters/clock/system-scheduler.ts'
import type { Alert } from '../../../src/core/alert.ts'
import { seededRandom } from '../../../src/core/random.ts'
import { loadConfig } from '../../../src/wiring/config/load-config.ts'
import type { WallConfig } from '../../../src/wiring/config/schema.ts'
import { modelLoader } from '../../../src/wiring/daemon/load-model.ts'
import { watchModel } from '../../../src/wiring/daemon/model-watch.ts'
import { type ModelNote, openModels } from '../../../src/wiring/daemon/open-models.ts'
import { changeChampion } from '../../../src/wiring/models/change-champion.ts'
import { readHistory } from '../../../src/wiring/models/history.ts'
import { virtualTime } from '../../adapters/alerts/virtual-time.ts'
import { ridgeFamily } from './ridge-family.ts'

const dir = mkdtempSync(join(tmpdir(), 'tickwright-models-'))
const family = join(dir, 'demo')
afterAll(() => rmSync(dir, { recursive: true }))

const edges = { clock: systemClock(), scheduler: systemScheduler(), random: seededRandom(1) }
const demo = loadConfig('config/demo.yaml') as WallConfig
const config = { ...demo, model: { ...demo.model, path: family, provider: 'cpu' as const } }

beforeAll(async () => {
  const { schema } = await modelLoader(config, edges.clock)
  await ridgeFamily(family, schema, [
    { version: 'a', seed: 1 },
    { version: 'b', seed: 2 },
    { version: 'alien', seed: 3, schemaHash: 'another-schema' },
    { version: 'old', seed: 4, expiresAt: '2020-01-01T00:00:00.000Z' },
    { version: 'long', seed: 5, steps: 5 },
  ])
})

test('a swap and refusals: who decides, what is told, what status is given', async () => {
  const alerts: Alert[] = []
  const notes: ModelNote[] = []
  const swaps: string[] = []
  const { service, loader } = await openModels(config, edges, pino({ level: 'silent' }), {
    raise: (alert) => void alerts.push(alert),
    onSwap: (modelId) => void swaps.push(modelId),
    note: (note) => void notes.push(note),
  })
  const told = async () => {
    await edges.scheduler.sleep(20)
    return alerts.splice(0).map(({ severity, text }) => `${severity}: ${text}`)
  }
  expect(notes).toEqual([{ modelId: 'demo/a', provider: 'cpu' }])
  await setCurrent(family, 'b')
  await service.offer(await loader.currentVersion())
  expect(service.take().forecaster.modelId).toBe('demo/b')
  expect(swaps).toEqual(['demo/b'])
  expect(await told()).toEqual(['info: model demo/b decides from now on, in place of demo/a'])
  expect(notes.at(-1)).toEqual({ modelId: 'demo/b', provider: 'cpu' })
  for (const [version, why] of [
    ['alien', /^warning: model version alien is refused, the running one stays: .*features.schemaHash/],
    ['old', /^warning: model version old is refused.*it expired at 2020-01-01/],
    ['long', /^warning: model version long is refused.*looks back on 5 bars/],
    ['gone', /^warning: model version gone is refused.*cannot read the model bundle/],
  ] as const) {
    await service.offer(version)
    await service.offer(version)
    const [only, ...more] = await told()
    expect(only).toMatch(why)
    expect(more).toEqual([])
    expect(service.take().forecaster.modelId).toBe('demo/b')
  }
  await setCurrent(family, 'a')
  await service.offer(await loader.currentVersion())
  expect(service.take().forecaster.modelId).toBe('demo/a')
  expect(await told()).toEqual(['info: model demo/a (still loaded) decides from now on, in place of demo/b'])
  await service.close()
})

describe('a current model that must not be used, at the start', () => {
  /** A family of its own; its models are put in force one after another. */
  async function started(...promoted: readonly (readonly [version: string, who: string])[]) {
    const path = join(mkdtempSync(join(dir, 'start-')), 'demo')
    const { schema } = await modelLoader(config, edges.clock)
    await ridgeFamily(path, schema, [
      { version: 'a', seed: 1 },
      { version: 'b', seed: 2 },
      { version: 'alien', seed: 3, schemaHash: 'another-schema' },
      { version: 'long', seed: 5, steps: 5, schemaHash: 'another-schema' },
    ])
    for (const [version, who] of promoted) {
      const at = '2026-01-01T00:00:00.000Z'
      await changeChampion({ familyFolder: path, version, action: 'promote', at, who, why: 'a test' })
    }
    const listeners = { raise: () => undefined, onSwap: () => undefined, note: () => undefined }
    const opened = openModels(
      { ...config, model: { ...config.model, path } },
      edges,
      pino({ level: 'silent' }),
      listeners,
    )
    return { path, opened }
  }
  const last = async (path: string) => (await readHistory(path)).at(-1)

  test.each(['trainer', 'daemon'])(
    'put there by the %s: the one before decides, and the history says why',
    async (who) => {
      const { path, opened } = await started(['b', 'ann'], ['alien', who])
      const { service } = await opened
      expect(service.take().forecaster.modelId).toBe('demo/b')
      expect(await readCurrentVersion(path)).toBe('b')
      expect(await last(path)).toMatchObject({
        ...{ action: 'rollback', version: 'b', previous: 'alien', who: 'daemon' },
        why: expect.stringMatching(/^the daemon refuses alien at its start: .*features\.schemaHash/) as string,
      })
      await service.close()
    },
  )

  test('put there by a person: it is refused with what is wrong, and stays', async () => {
    const { path, opened } = await started(['b', 'trainer'], ['alien', 'ann'])
    await expect(opened).rejects.toThrow(/features\.schemaHash/)
    expect(await readCurrentVersion(path)).toBe('alien')
    expect(await last(path)).toMatchObject({ action: 'promote', version: 'alien' })
  })

  test('put there past the history: nobody knows who, and it stays', async () => {
    const { path, opened } = await started(['alien', 'trainer'], ['b', 'trainer'])
    await (await opened).service.close()
    await setCurrent(path, 'alien')
    const model = { ...config.model, path }
    const listeners = { raise: () => undefined, onSwap: () => undefined, note: () => undefined }
    const again = openModels({ ...config, model }, edges, pino({ level: 'silent' }), listeners)
    await expect(again).rejects.toThrow(/features\.schemaHash/)
    expect(await readCurrentVersion(path)).toBe('alien')
  })

  test('and none that decided before can be used either: nothing is changed', async () => {
    const { path, opened } = await started(['long', 'trainer'], ['alien', 'trainer'])
    // The one before is sound, and no better for this daemon; `a` decided before it.
    await expect(opened).rejects.toThrow(/features\.schemaHash/)
    expect(await readCurrentVersion(path)).toBe('alien')
    expect(await last(path)).toMatchObject({ action: 'promote', version: 'alien' })
    rmSync(join(path, 'long'), { recursive: true })
    rmSync(join(path, 'a'), { recursive: true })
    const model = { ...config.model, path }
    const listeners = { raise: () => undefined, onSwap: () => undefined, note: () => undefined }
    const again = openModels({ ...config, model }, edges, pino({ level: 'silent' }), listeners)
    await expect(again).rejects.toThrow(/no version has decided before alien; nothing to go back to/)
  })
})

describe('watchModel', () => {
  function watched(currentVersion: () => Promise<string>) {
    const time = virtualTime()
    const offers: string[] = []
    const problems: string[] = []
    const stop = watchModel({
      service: { offer: async (version) => void offers.push(version) },
      ...{ currentVersion, everyMs: 1_000, scheduler: time.scheduler },
      onProblem: (cause) => void problems.push(cause),
    })
    return { time, offers, problems, stop }
  }

  test('offers what `current` names, every so often, until it is stopped', async () => {
    let version = 'a'
    const { time, offers, stop } = watched(async () => version)
    await time.pass(2_500)
    version = 'b'
    await time.pass(1_000)
    expect(offers).toEqual(['a', 'a', 'b'])
    stop()
    await time.pass(10_000)
    expect(offers).toHaveLength(3)
  })

  test('a `current` that cannot be read is told once, and read again', async () => {
    let fails = true
    const { time, offers, problems, stop } = watched(async () => {
      if (fails) throw new Error('no such file')
      return 'a'
    })
    await time.pass(5_000)
    fails = false
    await time.pass(1_000)
    fails = true
    await time.pass(2_000)
    expect(problems).toEqual(['no such file', 'no such file'])
    expect(offers).toEqual(['a'])
    stop()
  })
})

test('a damaged bundle of the right name is refused as well', async () => {
  const loader = await modelLoader(config, edges.clock)
  writeFileSync(join(family, 'b', 'model.onnx'), 'not a graph')
  await expect(loader.load('b')).rejects.toThrow(/SHA-256/)
})
