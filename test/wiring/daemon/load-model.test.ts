import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { systemClock } from '../../../src/adapters/clock/system-clock.ts'
import { configSchema } from '../../../src/wiring/config/schema.ts'
import { loadModel } from '../../../src/wiring/daemon/load-model.ts'

const LIVE = parse(readFileSync('config/live.yaml', 'utf8')) as Record<string, Record<string, unknown>>
const live = (venue: Record<string, unknown> = {}) =>
  configSchema.parse({
    ...LIVE,
    venue: { ...LIVE['venue'], ...venue },
    live: { confirm: 'I understand that live trading can lose all my money' },
  })

describe('loadModel', () => {
  test('live mode refuses a model that has only seen the simulator', async () => {
    await expect(loadModel(live(), systemClock())).rejects.toThrow(/never seen a real market/)
  })

  test('and loads it when the venue is a simulator on this machine', async () => {
    const { forecaster } = await loadModel(live({ baseUrl: 'http://127.0.0.1:1' }), systemClock())
    expect(forecaster.modelId).toMatch(/^demo\//)
    await forecaster.release()
  })

  test('a model older than model.expiresAfterMs says when it expired', async () => {
    const config = live({ baseUrl: 'http://127.0.0.1:1' })
    const { forecaster, expiresAt } = await loadModel(
      { ...config, model: { ...config.model, expiresAfterMs: 60_000 } },
      systemClock(),
    )
    expect(expiresAt).toBeGreaterThan(0)
    await forecaster.release()
  })
})
