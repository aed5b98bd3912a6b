import { expect, test } from 'vitest'
import { type FilePurpose, requireFileName } from '../../../src/market/candles/require-file-name.ts'

const BTC = 'BTC/USDT:USDT'
const candles: FilePurpose = { kind: 'futures', symbol: BTC, barMs: 900_000 }
const funding: FilePurpose = { kind: 'funding_rate', symbol: BTC }

test.each<[file: string, purpose: FilePurpose]>([
  ['data/BTC_USDT_USDT-15m-futures.feather', candles],
  ['BTC_USDT_USDT-15m-futures.json.gz', candles],
  ['C:\\data\\BTC_USDT_USDT-15m-futures.parquet', candles],
  ['BTC_USDT_USDT-8h-funding_rate.feather', funding],
  ['BTC_USDT_USDT-1h-mark.feather', { kind: 'mark', symbol: BTC }],
  ['BTC_USDT-1h.feather', { kind: 'futures', symbol: 'BTC/USDT', barMs: 3_600_000 }],
  ['BTC_USD_BTC-1h-futures.feather', { kind: 'futures', symbol: 'BTC/USD:BTC', barMs: 3_600_000 }],
  ['binance-usdm-ETHUSDT-1h-mark.csv.gz', candles],
  ['ETH_USDT_USDT-1h-mark.csv', candles],
])('%s fits', (file, purpose) => {
  expect(() => requireFileName(file, purpose)).not.toThrow()
})

test.each<[file: string, purpose: FilePurpose, message: string]>([
  ['ETH_USDT_USDT-15m-futures.feather', candles, 'its pair is ETH_USDT_USDT; it must be BTC_USDT_USDT'],
  ['BTC_USDT-15m.feather', candles, 'its pair is BTC_USDT; it must be BTC_USDT_USDT'],
  ['BTC_USDT_USDT-15m-mark.feather', candles, 'its kind is mark; it must be futures'],
  ['BTC_USDT_USDT-5m-futures.json', candles, 'its timeframe is 5m; it must be 15m'],
  ['BTC_USDT_USDT-15m-futures.json', funding, 'its kind is futures; it must be funding_rate'],
])('%s does not', (file, purpose, message) => {
  expect(() => requireFileName(file, purpose)).toThrow(`${file}: by its name, as freqtrade gives them, ${message}`)
})
