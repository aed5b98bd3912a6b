import { expect, test } from 'vitest'
import { consoleLog } from '../../../src/adapters/console/console-log.ts'
import { createLogger } from '../../../src/adapters/log/logger.ts'

function logged(colour: boolean, say: (log: ReturnType<typeof createLogger>) => void): readonly string[] {
  const lines: string[] = []
  say(
    createLogger(
      'info',
      ['hunter2'],
      consoleLog((line) => lines.push(line), colour),
    ),
  )
  return lines.map((line) => line.replace(/\d\d:\d\d:\d\d/, 'TIME'))
}

test('a fill is one short line, and the steps of its order are none', () => {
  const lines = logged(false, (log) => {
    log.info({ kind: 'order', state: 'open' }, 'BTC/USDT:USDT: sell 0.3 open')
    log.info({ kind: 'fill', fee: '1.9' }, 'BTC/USDT:USDT: sold 0.3 at 60134.4, position -0.3')
    log.info({ kind: 'order', state: 'filled' }, 'BTC/USDT:USDT: sell 0.3 filled')
  })
  expect(lines).toEqual(['TIME · BTC/USDT:USDT: sold 0.3 at 60134.4, position -0.3'])
})

test('a rejected order is a warning, and is shown', () => {
  expect(logged(false, (log) => log.warn({ kind: 'order', state: 'rejected' }, 'rejected: margin'))).toEqual([
    'TIME ! rejected: margin',
  ])
})

test('the first and last line of a run are said by the terminal itself', () => {
  expect(logged(false, (log) => log.info({ bars: 3 }, 'stopped'))).toEqual([])
})

test('what has no kind shows its fields, cut where they are long', () => {
  const [short, long] = logged(false, (log) => {
    log.warn({ gap: { reason: 'stale' } }, 'market data lost')
    log.error({ text: 'x'.repeat(500) }, 'broken')
  })
  expect(short).toBe('TIME ! market data lost {"gap":{"reason":"stale"}}')
  expect(long).toMatch(/^TIME ✗ broken \{"text":"x+…$/)
  expect(long!.length).toBeLessThan(200)
})

test('secrets stay hidden', () => {
  expect(logged(false, (log) => log.warn('key hunter2'))).toEqual(['TIME ! key [secret]'])
})

test('what is no log line passes as it is', () => {
  const lines: string[] = []
  consoleLog((line) => lines.push(line), false).write('not JSON\n')
  expect(lines).toEqual(['not JSON'])
})

test('colours on demand', () => {
  expect(logged(true, (log) => log.error({ kind: 'halt' }, 'halted'))).toEqual(['\u001b[31mTIME ✗ halted\u001b[0m'])
})
