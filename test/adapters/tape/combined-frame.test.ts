import { describe, expect, test } from 'vitest'
import { combinedFrame } from '../../../src/adapters/tape/combined-frame.ts'

describe('combinedFrame', () => {
  test.each([
    [
      'depthUpdate',
      '{"e":"depthUpdate","E":1,"T":1,"s":"BTCUSDT","U":1,"u":2,"pu":0,"b":[],"a":[]}',
      'btcusdt@depth@100ms',
    ],
    ['bookTicker', '{"e":"bookTicker","u":1,"s":"BTCUSDT","b":"1.10"}', 'btcusdt@bookTicker'],
    ['aggTrade', '{"e":"aggTrade","E":1,"s":"BTCUSD_PERP","p":"1.0"}', 'btcusd_perp@aggTrade'],
    ['a mark', '{"e":"markPriceUpdate","E":1,"s":"ETHUSDT"}', 'ethusdt@markPrice@1s'],
    ['a liquidation names the symbol within', '{"e":"forceOrder","E":1,"o":{"s":"BTCUSDT"}}', 'btcusdt@forceOrder'],
    ['a kind that we do not know', '{"e":"newKind","s":"BTCUSDT"}', 'btcusdt@newKind'],
  ])('%s: wrapped, not a character changed', (_name, text, stream) => {
    expect(combinedFrame(text)).toBe(`{"stream":"${stream}","data":${text}}`)
  })

  test.each([
    '{"stream":"x@y","data":{"e":"trade"}}',
    '{"lastUpdateId":1,"bids":[],"symbol":"X"}',
    '{"E":1,"lastUpdateId":1}',
  ])('%s stays as it is', (text) => expect(combinedFrame(text)).toBe(text))

  test('what no reader of the format knows is no book to it', () => {
    expect(JSON.parse(combinedFrame('{"result":null,"id":7}'))).toEqual({
      stream: '',
      data: { e: '', frame: { result: null, id: 7 } },
    })
  })
})
