import { type FeatureSchema, featureSchema } from '../../features/feature-schema.ts'
import type { FeatureSettings } from '../../features/feature-settings.ts'

/**
 * The schema of a configuration. The library of holidays takes a third of a second to load: only where they are asked for. Throws
 * `InputError` for settings that are not allowed, and for a country that the library does not know.
 */
export async function loadFeatureSchema(settings: FeatureSettings): Promise<FeatureSchema> {
  const countries = settings.calendar?.holidays ?? []
  if (countries.length === 0) return featureSchema(settings)
  const { publicHolidays } = await import('../../features/calendar/public-holidays.ts')
  const known = new Map(countries.map((country) => [country, publicHolidays(country)]))
  return featureSchema(settings, (country) => known.get(country)!)
}
