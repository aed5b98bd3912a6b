import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { InputError } from '../../../src/core/errors.ts'
import { parseSeries } from '../../../src/training/series/parse-series.ts'
import type { SeriesData } from '../../../src/training/series/series-data.ts'
import { splitRuleOf, splitSeries } from '../../../src/training/series/split-series.ts'

/** `ETTh1` of `data/ETTh1.csv.gz`. */
export const dataSetOf = (file: string): string => path.basename(file).replace(/\..*$/, '')

/** A file of comma-separated values, gzip or plain, split as its name says. Throws `InputError` when it is absent or cannot be read. */
export async function readSeries(file: string): Promise<SeriesData> {
  if (!existsSync(file)) throw new InputError(`no data at ${file}; give a file with --data`, { file })
  const bytes = await readFile(file)
  const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')
  return splitSeries(parseSeries(text), splitRuleOf(dataSetOf(file)))
}
