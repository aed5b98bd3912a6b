import { InputError } from '../../core/errors.ts'
import type { SeriesTable } from './parse-series.ts'
import type { SeriesData, SeriesPart } from './series-data.ts'

/** `ett-hour`, `ett-minute`: 12, 4 and 4 months of 30 days, one row an hour or a quarter of an hour. `ratio`: 70, 10 and 20 %. */
export type SplitRule = 'ett-hour' | 'ett-minute' | 'ratio'

const MONTH_HOURS = 30 * 24
const MONTHS: Readonly<Record<SeriesPart, number>> = { train: 12, validation: 4, test: 4 }
const ROWS_PER_HOUR = { 'ett-hour': 1, 'ett-minute': 4 } as const
const TRAIN_SHARE = 0.7
const TEST_SHARE = 0.2

/** The rule that the literature applies to a data set, by the name of its file (Zeng et al. 2023, `data_loader.py` of LTSF-Linear). */
export function splitRuleOf(fileName: string): SplitRule {
  if (/^ETTh/i.test(fileName)) return 'ett-hour'
  return /^ETTm/i.test(fileName) ? 'ett-minute' : 'ratio'
}

/** Parts in order of time, each channel scaled by mean and deviation of its training rows alone. Throws `InputError` on too short a table. */
export function splitSeries(table: SeriesTable, rule: SplitRule): SeriesData {
  const { channels, rows } = table
  const sizes = partSizes(rows, rule)
  const needed = sizes.train + sizes.validation + sizes.test
  if (needed > rows || sizes.train < 2) {
    throw new InputError(`series has ${rows} rows; rule ${rule} needs ${Math.max(needed, 3)}`, { rows, rule })
  }
  const validationFrom = sizes.train
  const testFrom = validationFrom + sizes.validation
  return {
    channels,
    values: standardised(table, sizes.train),
    parts: {
      train: { from: 0, to: validationFrom },
      validation: { from: validationFrom, to: testFrom },
      test: { from: testFrom, to: needed },
    },
  }
}

function partSizes(rows: number, rule: SplitRule): Readonly<Record<SeriesPart, number>> {
  if (rule === 'ratio') {
    const train = Math.floor(rows * TRAIN_SHARE)
    const test = Math.floor(rows * TEST_SHARE)
    return { train, validation: rows - train - test, test }
  }
  const month = MONTH_HOURS * ROWS_PER_HOUR[rule]
  return { train: MONTHS.train * month, validation: MONTHS.validation * month, test: MONTHS.test * month }
}

/** Population deviation, as scikit-learn's `StandardScaler`; a channel that is constant in training is only centred. */
function standardised({ values, channels, rows }: SeriesTable, trainRows: number): Float64Array {
  const scaled = new Float64Array(values.length)
  for (let channel = 0; channel < channels; channel += 1) {
    let sum = 0
    for (let row = 0; row < trainRows; row += 1) sum += values[row * channels + channel]!
    const mean = sum / trainRows
    let squares = 0
    for (let row = 0; row < trainRows; row += 1) squares += (values[row * channels + channel]! - mean) ** 2
    const deviation = Math.sqrt(squares / trainRows) || 1
    for (let row = 0; row < rows; row += 1) {
      scaled[row * channels + channel] = (values[row * channels + channel]! - mean) / deviation
    }
  }
  return scaled
}
