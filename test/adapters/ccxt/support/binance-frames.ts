/** Frames of Binance USD-M about one instrument whose best prices are 99.9 and 100.1. */
export const depth = (lastId: number, fields: object = {}, s = 'BTCUSDT') => ({
  ...{ e: 'depthUpdate', E: Date.now(), T: Date.now(), s, U: lastId, u: lastId, pu: lastId - 1 },
  ...{ b: [['99.9', `${lastId}.000`]], a: [] },
  ...fields,
})

export const trade = (id: number, fields: object = {}, s = 'BTCUSDT') => ({
  ...{ e: 'aggTrade', E: Date.now(), T: Date.now(), s, a: id },
  ...{ p: '100.0', q: '0.001', f: id, l: id, m: false },
  ...fields,
})

export const mark = (s = 'BTCUSDT') => ({
  ...{ e: 'markPriceUpdate', E: Date.now(), s, p: '100.0', i: '100.0', P: '100', r: '0.0001', T: Date.now() },
})

/** The book by REST at an update id. */
export const restBook = (lastUpdateId: number) => ({
  ...{ lastUpdateId, E: Date.now(), T: Date.now() },
  ...{ bids: [['99.9', `${lastUpdateId}.000`]], asks: [['100.1', '2.000']] },
})
