import type { FeatureDefinition } from './feature-definition.ts'
import { instant } from './feature-units.ts'

/** 1 where the bar was tainted or missing and a bar without flow stands for it. */
export const missingMask: FeatureDefinition = {
  name: 'missing',
  unit: 'flag',
  formula: '1 where the rule for missing data made the bar up, else 0',
  source: 'explicit missing-data mask',
  params: {},
  lookBack: 1,
  create: () => instant(({ imputed }) => (imputed ? 1 : 0)),
}
