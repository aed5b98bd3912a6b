import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { pushSource } from '../../../src/adapters/external/push-source.ts'
import { InputError } from '../../../src/core/errors.ts'
import type { EpochMs } from '../../../src/core/units.ts'
import type { ExternalReading } from '../../../src/features/external-series.port.ts'

const NOW = 1_700_000_000_000
const options = { port: 0, token: 'correct-horse-battery', series: ['fear'], clock: { now: () => NOW as EpochMs } }
const source = pushSource(options)
let readings: ExternalReading[] = []
let problems: string[] = []

const post = async (body: string, headers: Record<string, string> = {}) => {
  const reply = await fetch(`http://127.0.0.1:${source.port}/external`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${options.token}`, ...headers },
    body,
  })
  return { status: reply.status, body: (await reply.json()) as { accepted?: number; error?: string } }
}
const reading = (value: number) => ({ observedAt: NOW, series: 'fear', value })

beforeAll(() =>
  source.start(
    (one) => readings.push(one),
    (problem) => problems.push(problem),
  ),
)
afterAll(() => source.close())
beforeEach(() => {
  readings = []
  problems = []
})

describe('pushSource', () => {
  test('takes one reading, and a list in its order', async () => {
    expect(await post(JSON.stringify(reading(1)))).toEqual({ status: 202, body: { accepted: 1 } })
    expect(await post(JSON.stringify([reading(2), reading(3)]))).toEqual({ status: 202, body: { accepted: 2 } })
    expect(readings.map(({ value }) => value)).toEqual([1, 2, 3])
  })

  test.each([
    ['no token', ''],
    ['another token', 'Bearer correct-horse-batterz'],
    ['the token alone', 'correct-horse-battery'],
  ])('%s is refused', async (_name, authorization) => {
    expect((await post(JSON.stringify(reading(1)), { authorization })).status).toBe(401)
    expect(readings).toEqual([])
  })

  test.each<[string, string, RegExp]>([
    ['a bad reading', JSON.stringify({ ...reading(1), value: 'x' }), /value was x; it must be a finite number/],
    [
      'one bad reading of many: none is taken',
      JSON.stringify([reading(1), { ...reading(2), series: 'b' }]),
      /reading 1: series was b/,
    ],
    ['a reading of the future', JSON.stringify({ ...reading(1), observedAt: NOW + 60_000 }), /in the future/],
    ['an empty list', '[]', /it must have 1 to 1000/],
    ['too long a list', JSON.stringify(Array(1_001).fill(1)), /1001 readings; it must have 1 to 1000/],
    ['no JSON', '{"a', /JSON/],
    ['a hostile key', '{"__proto__":{}}', /not valid JSON/],
  ])('400: %s', async (_name, body, message) => {
    const reply = await post(body)
    expect([reply.status, readings]).toEqual([400, []])
    expect(reply.body.error).toMatch(message)
  })

  test('a body past the limit is refused', async () => {
    expect((await post(`"${'x'.repeat(70_000)}"`)).status).toBe(413)
  })

  test('a port that is taken is the mistake of whoever chose it', async () => {
    const second = pushSource({ ...options, port: source.port })
    await expect(
      second.start(
        () => undefined,
        () => undefined,
      ),
    ).rejects.toThrow(InputError)
    await second.close()
  })
})
