import type { Converter } from '../../core/instrument.ts'
import type { FeatureSchema } from '../../features/feature-schema.ts'
import type { RowTable } from '../../training/rows/row-table.ts'
import type { BarSource } from './bar-source.ts'
import { RowAssembly } from './row-assembly.ts'

/** Of one instrument: 3.8 years of 1-minute bars; 560 MB with 40 features. */
export const ROWS_MAX = 2_000_000

/**
 * Streams the bars of a source through the live feature engine: one table for each of `converters`, in their order, which must hold every
 * instrument of the source. Throws `InputError` for a source that cannot be read, and past `rowsMax` rows of one instrument.
 */
export async function buildRows(
  source: BarSource,
  schema: FeatureSchema,
  converters: readonly Converter[],
  rowsMax = ROWS_MAX,
): Promise<readonly RowTable[]> {
  const assembly = new RowAssembly({ schema, converters, rowsMax })
  for await (const bars of source.groups()) assembly.step(bars)
  return assembly.take()
}
