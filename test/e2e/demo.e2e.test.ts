import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { isAlive, killPrograms, LOUD, lastJson, runProgram, startProgram, until } from '../support/program.ts'
import { EAGER, EAGER_ALONE, workspace } from '../support/workspace.ts'

const space = workspace()
afterAll(() => {
  killPrograms()
  space.remove()
})

describe('the demo', () => {
  test('trades 20 bars against the simulator and ends with a ledger that equals the venue', async () => {
    const demo = startProgram(['demo', '--config', space.config('demo', EAGER), '--bars', '20', '--json'])
    await demo.line(/^tickwright demo/)
    const exchange = space.exchange()
    expect(exchange && isAlive(exchange.pid)).toBe(true)
    expect(await demo.ended(60_000)).toBe(0)

    const summary = lastJson(demo.out())
    expect(summary).toMatchObject({
      mode: 'demo',
      symbols: ['BTC/USDT:USDT'],
      bars: 20,
      decisions: 20,
      gaps: 0,
      positionMatchesVenue: true,
      balanceMatchesVenue: true,
      venueAnswered: true,
      model: expect.stringMatching(/^demo\/lstm-/) as string,
      provider: expect.stringMatching(/^(cpu|cuda|webgpu)$/) as string,
      stoppedBy: '20 bars',
    })
    expect(summary['orders']).toBeGreaterThan(0)
    expect(summary['fills']).toBeGreaterThan(0)
    expect(summary['forecasts']).toBeGreaterThan(5)
    expect(demo.err()).not.toMatch(LOUD)

    await until('the exchange to end', () => !isAlive(exchange?.pid ?? -1), 5_000)
    expect(existsSync(join(space.state, 'demo-exchange.json'))).toBe(false)

    const status = await runProgram(['status', '--state', space.state, '--json'])
    expect(status.code).toBe(0)
    expect(status.err).toBe('')
    expect(lastJson(status.out)['daemons']).toMatchObject([
      {
        mode: 'demo',
        running: false,
        bars: 20,
        counts: {
          decisions: 20,
          ordersDecided: summary['orders'],
          intents: summary['orders'],
          fills: summary['fills'],
        },
        openOrders: [],
        latches: [],
        last: { index: 19 },
      },
    ])
    const why = await runProgram(['why', '1', '--state', space.state, '--json'])
    expect(why.code).toBe(0)
    expect(lastJson(why.out)).toMatchObject({ index: 19, decision: { modelId: summary['model'] } })
    const inWords = await runProgram(['why', '20', '--state', space.state])
    expect(inWords.code).toBe(0)
    expect(inWords.out).toContain('BTC/USDT:USDT')
    expect(space.leaks()).toEqual([])
  }, 120_000)

  test('Ctrl-C stops it in order', async () => {
    const demo = startProgram(['demo', '--config', space.config('demo', EAGER_ALONE), '--json'])
    await demo.line(/^tickwright demo/)
    const exchange = space.exchange()
    demo.kill('SIGINT')
    expect(await demo.ended(10_000)).toBe(0)
    expect(lastJson(demo.out())).toMatchObject({
      stoppedBy: 'SIGINT',
      positionMatchesVenue: true,
      balanceMatchesVenue: true,
    })
    expect(demo.err()).not.toMatch(LOUD)
    await until('the exchange to end', () => !isAlive(exchange?.pid ?? -1), 5_000)
  }, 60_000)
})
