import { describe, expect, test } from 'vitest'
import type { Forecaster } from '../../src/inference/forecaster.ts'
import { type ModelChange, modelService } from '../../src/inference/model-service.ts'
import { virtualTime } from '../adapters/alerts/virtual-time.ts'

const KEEP_MS = 1_000

/** Versions are loaded at once, unless `waiting` holds them back; those that begin with `bad` are refused. */
function bench() {
  const time = virtualTime()
  const open = new Set<string>()
  const loads: string[] = []
  const changes: ModelChange[] = []
  const waiting = new Map<string, Promise<void>>()
  const make = (version: string, steps = 4) => {
    open.add(version)
    const forecaster: Forecaster = {
      modelId: `demo/${version}`,
      provider: 'cpu',
      steps,
      features: 3,
      horizonBars: 1,
      thresholdBps: 1,
      forecast: async () => [],
      release: async () => {
        if (!open.delete(version)) throw new Error(`${version} is released twice`)
      },
    }
    return { forecaster, expiresAt: undefined }
  }
  const service = modelService({
    version: 'a',
    inForce: make('a'),
    async load(version) {
      loads.push(version)
      await waiting.get(version)
      if (version.startsWith('bad')) throw new Error(`${version} is damaged`)
      return make(version, version.startsWith('long') ? 5 : 4)
    },
    keepMs: KEEP_MS,
    scheduler: time.scheduler,
    onChange: (change) => void changes.push(change),
  })
  const now = () => service.take().forecaster.modelId
  return { service, time, open, loads, changes, waiting, now }
}

function closedGate() {
  let open: () => void = () => undefined
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open: () => open() }
}

describe('modelService', () => {
  test('another version decides from the next take on, the one before is kept, then released', async () => {
    const { service, open, changes, now, time } = bench()
    expect(now()).toBe('demo/a')
    await service.offer('b')
    expect(service.inForce.forecaster.modelId).toBe('demo/a')
    expect(changes).toEqual([])
    expect(now()).toBe('demo/b')
    expect(changes).toEqual([{ kind: 'swapped', modelId: 'demo/b', previousId: 'demo/a', wasKept: false }])
    expect(now()).toBe('demo/b')
    expect([...open]).toEqual(['a', 'b'])
    await time.pass(KEEP_MS - 1)
    expect([...open]).toEqual(['a', 'b'])
    await time.pass(1)
    expect([...open]).toEqual(['b'])
    await service.close()
    expect(open.size).toBe(0)
  })

  test('back to the one before takes no load, as often as one likes', async () => {
    const { service, open, loads, now, changes, time } = bench()
    await service.offer('b')
    now()
    for (const version of ['a', 'b', 'a']) {
      await time.pass(KEEP_MS / 2)
      await service.offer(version)
      expect(now()).toBe(`demo/${version}`)
      expect(changes.at(-1)).toMatchObject({ wasKept: true })
    }
    expect(loads).toEqual(['b'])
    await time.pass(KEEP_MS)
    expect([...open]).toEqual(['a'])
    await service.offer('b')
    expect(loads).toEqual(['b', 'b'])
  })

  test('one that is about to decide again is not released because its time is over', async () => {
    const { service, open, now, time, loads } = bench()
    await service.offer('b')
    now()
    await service.offer('a')
    await time.pass(2 * KEEP_MS)
    expect([...open]).toEqual(['a', 'b'])
    expect(now()).toBe('demo/a')
    expect(loads).toEqual(['b'])
  })

  test('the next swap releases the one kept before', async () => {
    const { service, open, now, time } = bench()
    for (const version of ['b', 'c', 'd']) {
      await service.offer(version)
      now()
    }
    await time.pass(0)
    expect([...open]).toEqual(['c', 'd'])
  })

  test('the old one serves while the new one is loaded; of two that come together the later wins', async () => {
    const { service, open, waiting, now } = bench()
    const gate = closedGate()
    waiting.set('b', gate.opened)
    const first = service.offer('b')
    const second = service.offer('c')
    expect(now()).toBe('demo/a')
    gate.open()
    await Promise.all([first, second])
    expect(now()).toBe('demo/c')
    expect([...open]).toEqual(['a', 'c'])
  })

  test('one that is ready and not taken gives way, and is released', async () => {
    const { service, open, now, loads } = bench()
    await service.offer('b')
    await service.offer('a')
    expect(now()).toBe('demo/a')
    expect([...open]).toEqual(['a'])
    await service.offer('b')
    await service.offer('b')
    expect(now()).toBe('demo/b')
    expect(loads).toEqual(['b', 'b'])
  })

  test('a refused one leaves the running one, is told once, and is tried again after another was offered', async () => {
    const { service, now, changes, loads } = bench()
    for (let look = 0; look < 3; look += 1) await service.offer('bad')
    expect(changes).toEqual([{ kind: 'refused', version: 'bad', cause: 'bad is damaged' }])
    expect(now()).toBe('demo/a')
    await service.offer('a')
    await service.offer('bad')
    expect(loads).toEqual(['bad', 'bad'])
    expect(changes).toHaveLength(2)
  })

  test('one that looks back further than the windows reach is refused and released; a shorter one is taken', async () => {
    const { service, open, changes, now } = bench()
    await service.offer('long')
    expect(changes).toMatchObject([{ kind: 'refused', version: 'long' }])
    expect(changes[0]).toMatchObject({
      cause: expect.stringMatching(/looks back on 5 bars.*hold 4.*restart/) as string,
    })
    expect(now()).toBe('demo/a')
    expect([...open]).toEqual(['a'])
    expect(service.steps).toBe(4)
  })

  test('where other models of the run look back further, its own may as well', async () => {
    const { service, changes, now } = bench()
    service.widen(3)
    expect(service.steps).toBe(4)
    service.widen(5)
    await service.offer('long')
    expect(now()).toBe('demo/long')
    expect(changes).toMatchObject([{ kind: 'swapped' }])
  })

  test('close releases all, also the one that comes later', async () => {
    const { service, open, waiting, changes, now } = bench()
    await service.offer('b')
    now()
    await service.offer('c')
    const gate = closedGate()
    waiting.set('d', gate.opened)
    const offer = service.offer('d')
    await service.close()
    gate.open()
    await offer
    expect(open.size).toBe(0)
    expect(changes).toHaveLength(1)
  })
})
