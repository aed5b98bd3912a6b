import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { HISTORY_FILE } from '../../../src/adapters/bundle/history-file.ts'
import { readCurrentVersion } from '../../../src/adapters/bundle/read-bundle.ts'
import { setCurrent } from '../../../src/adapters/bundle/write-bundle.ts'
import type { Alert } from '../../../src/core/alert.ts'
import type { OversightAlarm } from '../../../src/inference/oversight/causes.ts'
import type { HistoryEntry } from '../../../src/model/bundle/model-history.ts'
import { type ModelSteward, type ModelStewardParts, modelSteward } from '../../../src/wiring/daemon/model-steward.ts'
import { changeChampion } from '../../../src/wiring/models/change-champion.ts'
import { appendHistory, readHistory } from '../../../src/wiring/models/history.ts'
import { virtualTime } from '../../adapters/alerts/virtual-time.ts'
import { SCHEMA } from '../../model/sample-model.ts'
import { ridgeFamily } from './ridge-family.ts'

let root = ''
let family = ''
let steward: ModelSteward | undefined
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'steward-'))
  family = join(root, 'demo')
  const schema = { names: [...SCHEMA.names], hash: SCHEMA.schemaHash }
  const versions = ['a', 'b', 'c'].map((version, seed) => ({ version, seed }))
  await ridgeFamily(family, schema, versions)
})
afterEach(async () => {
  steward?.stop()
  steward = undefined
  await rm(root, { recursive: true })
})

const entry = { at: '2026-01-01T00:00:00Z', who: 'trainer', why: 'a test' } as const
const note = (action: HistoryEntry['action'], version: string, more: object = {}) =>
  appendHistory(family, { ...entry, action, version, ...more })
const promote = (version: string, who = 'trainer') =>
  changeChampion({ ...entry, familyFolder: family, version, action: 'promote', who })
const alarm = (kind: OversightAlarm['kind']): OversightAlarm => ({ kind, cause: 'loss', numbers: { mean: 1.23456 } })
const changes = async () =>
  (await readHistory(family)).map(({ action, version, who }) => `${who}: ${action} ${version}`)

async function bench(changed: Partial<ModelStewardParts> = {}, inForce = 'a') {
  const time = virtualTime(Date.parse('2026-01-01T00:00:00Z'))
  const alerts: Alert[] = []
  const offered: string[] = []
  const serving = { modelId: `demo/${inForce}` }
  const made = await modelSteward({
    familyFolder: family,
    service: {
      offer: async (version) => void offered.push(version),
      get inForce() {
        return { forecaster: serving, expiresAt: undefined } as ModelStewardParts['service']['inForce']
      },
    },
    ...{ clock: time.clock, scheduler: time.scheduler, log: pino({ level: 'silent' }) },
    raise: (alert) => void alerts.push(alert),
    ...changed,
  })
  steward = made
  /** All that was asked for is done, and all that is written down is told. */
  const done = () => made.counts()
  return { time, alerts, offered, serving, done, steward: made, texts: () => alerts.map(({ text }) => text) }
}

describe('what it tells', () => {
  test('each entry once, those from before its time never; a rollback warns', async () => {
    await note('train', 'old')
    const { done, alerts, time } = await bench()
    await note('train', 'b')
    await note('rollback', 'a')
    await done()
    await time.pass(5_000)
    await done()
    expect(alerts.map(({ severity, text }) => `${severity} ${text}`)).toEqual([
      'info trainer: train b: a test',
      'warning trainer: rollback a: a test',
    ])
  })

  test('a history that cannot be read: told once, and what was in it is old when it can be', async () => {
    await note('train', 'b')
    await appendFile(join(family, HISTORY_FILE), '{"foreign":1}\n')
    const { done, texts } = await bench()
    await done()
    await done()
    expect(texts()).toEqual([expect.stringMatching(/^models: .*history\.jsonl:2/)])
    await writeFile(join(family, HISTORY_FILE), '')
    await note('train', 'b')
    await done()
    expect(texts()).toHaveLength(1)
  })

  test('alerts that cannot be kept end nothing', async () => {
    const { done, steward: subject } = await bench({
      raise() {
        throw new Error('the disk is full')
      },
    })
    await note('train', 'b')
    subject.onAlarm(alarm('rollback'), 'demo/a')
    expect(await done()).toEqual({ retrainings: 1, promotions: 0 })
  })

  test('counts trainings and promotions of its own time', async () => {
    await note('train', 'old')
    await promote('b')
    const { done } = await bench({}, 'b')
    await note('train', 'c')
    await promote('c')
    expect(await done()).toEqual({ retrainings: 1, promotions: 1 })
  })
})

describe('what it asks for', () => {
  test('another model; not again within ten minutes, unless one was trained since', async () => {
    const { done, steward: subject, time } = await bench()
    const ask = async () => {
      subject.onAlarm(alarm('retrain'), 'demo/a')
      await done()
      return (await readHistory(family)).filter(({ action }) => action === 'request').length
    }
    expect(await ask()).toBe(1)
    await time.pass(599_999)
    expect(await ask()).toBe(1)
    await time.pass(1)
    expect(await ask()).toBe(2)
    await note('train', 'b')
    expect(await ask()).toBe(3)
    expect((await readHistory(family))[0]).toMatchObject({ who: 'daemon', version: 'a', why: 'loss: mean 1.235' })
  })

  test('drift is told and no more', async () => {
    const { done, steward: subject, texts } = await bench()
    subject.onAlarm(alarm('drift'), 'demo/a')
    await done()
    expect(texts()).toEqual(['demo/a: loss: mean 1.235'])
    expect(await readHistory(family)).toEqual([])
  })
})

describe('rollback', () => {
  test('to the version before, written down, done, and offered', async () => {
    await promote('b')
    const { done, steward: subject, offered } = await bench({}, 'b')
    subject.onAlarm(alarm('rollback'), 'demo/b')
    await done()
    expect(await readCurrentVersion(family)).toBe('a')
    expect(offered).toEqual(['a'])
    expect((await readHistory(family)).at(-1)).toMatchObject({ action: 'rollback', version: 'a', previous: 'b' })
  })

  test('past a version that is damaged; none to go back to is told', async () => {
    await promote('b')
    await promote('c')
    await writeFile(join(family, 'b', 'model.onnx'), 'damaged')
    const { done, steward: subject, serving, offered, texts } = await bench({}, 'c')
    subject.onAlarm(alarm('rollback'), 'demo/c')
    await done()
    expect(offered).toEqual(['a'])
    serving.modelId = 'demo/a'
    subject.onAlarm(alarm('rollback'), 'demo/a')
    await done()
    expect(await readCurrentVersion(family)).toBe('a')
    expect(texts().at(-1)).toMatch(/nothing to go back to/)
  })

  test.each([
    ['another model decides by now', 'a', 'b'],
    ['another one is on its way', 'a', 'a'],
  ])('not when %s', async (_name, failing, inForce) => {
    await promote('b')
    const { done, steward: subject, offered } = await bench({}, inForce)
    subject.onAlarm(alarm('rollback'), `demo/${failing}`)
    await done()
    expect(offered).toEqual([])
    expect(await readCurrentVersion(family)).toBe('b')
  })

  test('one that a crash left half done is finished at the start', async () => {
    // `current` was written before.
    await note('rollback', 'b', { previous: 'a', who: 'daemon', at: '2099-01-01T00:00:00.000Z' })
    const { done, offered } = await bench()
    await done()
    expect(await readCurrentVersion(family)).toBe('b')
    expect(offered).toEqual(['b'])
  })
})

describe('a version that the daemon refuses', () => {
  test('promoted by the trainer: the model in force is current again', async () => {
    const { done, steward: subject } = await bench()
    await promote('b')
    subject.onRefused('b', 'too long')
    await done()
    expect(await readCurrentVersion(family)).toBe('a')
    expect((await readHistory(family)).at(-1)).toMatchObject({ why: 'the daemon refuses b: too long', previous: 'b' })
  })

  test('promoted by a person: it stays, a restart may take it', async () => {
    const { done, steward: subject } = await bench()
    await promote('b', 'somebody')
    subject.onRefused('b', 'too long')
    await done()
    expect(await readCurrentVersion(family)).toBe('b')
    expect(await changes()).toEqual(['somebody: promote b'])
  })

  test('put there past the history, or replaced since: it is left alone', async () => {
    const { done, steward: subject } = await bench()
    await setCurrent(family, 'c')
    subject.onRefused('c', 'too long')
    await promote('b')
    await setCurrent(family, 'c')
    subject.onRefused('b', 'too long')
    await done()
    expect(await readCurrentVersion(family)).toBe('c')
  })

  test('as a way back: further back, never to the model that failed', async () => {
    await promote('b')
    await promote('c')
    const { done, steward: subject } = await bench({}, 'c')
    subject.onAlarm(alarm('rollback'), 'demo/c')
    subject.onRefused('b', 'expired')
    subject.onRefused('a', 'expired')
    await done()
    expect((await changes()).slice(2)).toEqual(['daemon: rollback b', 'daemon: rollback a'])
    expect(await readCurrentVersion(family)).toBe('a')
  })
})

type VirtualTime = ReturnType<typeof virtualTime>

describe('what failed', () => {
  /** The steward reads real files between two looks at its virtual clock. */
  const minute = async ({ pass }: VirtualTime, done: () => Promise<unknown>) => {
    for (let i = 0; i < 8; i += 1) {
      await pass(10_000)
      await sleep(1)
    }
    await done()
  }
  const minutes = async (time: VirtualTime, done: () => Promise<unknown>) => {
    for (let i = 0; i < 4; i += 1) await minute(time, done)
  }
  /** At most so long that so many entries are written. */
  const until = async (time: VirtualTime, done: () => Promise<unknown>, entries: number) => {
    for (let i = 0; i < 20 && (await readHistory(family)).length < entries; i += 1) await minute(time, done)
  }
  /** The history is a folder: nothing can be appended. */
  const fill = () => mkdir(join(family, HISTORY_FILE))
  const empty = () => rm(join(family, HISTORY_FILE), { recursive: true })

  test('is tried again, and told once while it lasts', async () => {
    const { time, done, steward: subject, texts } = await bench()
    await fill()
    subject.onAlarm(alarm('retrain'), 'demo/a')
    await done()
    await minutes(time, done)
    expect(texts()).toEqual([expect.stringMatching(/^models: .*history\.jsonl/)])
    await empty()
    await until(time, done, 1)
    expect(await changes()).toEqual(['daemon: request a'])
    await minutes(time, done)
    expect(await changes()).toEqual(['daemon: request a'])
  })

  test('looks first whether it is still wanted: a rollback of a model that decides no more is forgotten', async () => {
    await promote('b', 'ann')
    const { time, done, steward: subject, serving } = await bench({}, 'b')
    const whole = await readFile(join(family, HISTORY_FILE))
    await rm(join(family, HISTORY_FILE))
    await fill()
    subject.onAlarm(alarm('rollback'), 'demo/b')
    await done()
    await empty()
    await writeFile(join(family, HISTORY_FILE), whole)
    await promote('c', 'ann')
    serving.modelId = 'demo/c'
    await minutes(time, done)
    expect(await readCurrentVersion(family)).toBe('c')
    expect(await changes()).toEqual(['ann: promote b', 'ann: promote c'])
  })

  test('a rollback that the disk refused is done when it can be', async () => {
    await promote('b')
    const { time, done, steward: subject, offered } = await bench({}, 'b')
    const graph = await readFile(join(family, 'a', 'model.onnx'))
    await writeFile(join(family, 'a', 'model.onnx'), 'damaged')
    subject.onAlarm(alarm('rollback'), 'demo/b')
    await done()
    expect(await readCurrentVersion(family)).toBe('b')
    await writeFile(join(family, 'a', 'model.onnx'), graph)
    await until(time, done, 2)
    expect(await readCurrentVersion(family)).toBe('a')
    expect(offered).toEqual(['a'])
    expect(await changes()).toEqual(['trainer: promote b', 'daemon: rollback a'])
  })

  test('of more than sixteen the rest is forgotten', async () => {
    const { time, done, steward: subject } = await bench()
    await fill()
    for (let i = 0; i < 20; i += 1) subject.onAlarm(alarm('retrain'), `demo/v-${i}`)
    await done()
    await empty()
    await until(time, done, 16)
    await minutes(time, done)
    expect(await changes()).toEqual(Array.from({ length: 16 }, (_, i) => `daemon: request v-${i}`))
  })
})
