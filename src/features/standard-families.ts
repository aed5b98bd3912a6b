import { BOOK_LEVELS } from '../market/bar.ts'
import type { FeatureDefinition } from './feature-definition.ts'
import type { FeatureFamily } from './feature-family.ts'
import {
  depthImbalance,
  microprice,
  ofiBest,
  ofiLevel,
  ofiLevels,
  queueImbalance,
  spread,
  tradeImbalance,
  volumeSurprise,
} from './flow-features.ts'
import { logReturn, realisedVolatility } from './price-features.ts'

type Described = Pick<FeatureFamily, 'name' | 'about' | 'needs'>

const perPeriod = (described: Described, define: (period: number) => FeatureDefinition): FeatureFamily => ({
  ...described,
  required: ['periods'],
  optional: [],
  define: ({ periods }) => periods!.map(define),
})

const always = (described: Described, definition: FeatureDefinition): FeatureFamily => ({
  ...described,
  required: [],
  optional: [],
  define: () => [definition],
})

/** The columns of every schema as families: for other periods, timeframes and instruments. */
export const STANDARD_FAMILIES: readonly FeatureFamily[] = [
  perPeriod(
    { name: 'ofi_best', about: 'order-flow imbalance of the best level, in mean best queues', needs: 'book' },
    ofiBest,
  ),
  {
    name: 'ofi_level',
    about: `order-flow imbalance of each of the first levels (key levels, up to ${BOOK_LEVELS}), in mean queues`,
    needs: 'book',
    required: ['levels'],
    optional: [],
    define: ({ levels }) => Array.from({ length: levels! }, (_, index) => ofiLevel(index + 1)),
  },
  always(
    { name: 'ofi_levels', about: 'order-flow imbalance of the first five levels together', needs: 'book' },
    ofiLevels,
  ),
  perPeriod(
    { name: 'trade_imbalance', about: 'signed trade flow: bought less sold over both, by aggressor', needs: 'trades' },
    tradeImbalance,
  ),
  always({ name: 'spread', about: 'time-weighted quoted spread', needs: 'book' }, spread),
  always(
    { name: 'queue_imbalance', about: 'best bid queue against best ask queue at the close', needs: 'book' },
    queueImbalance,
  ),
  always(
    { name: 'depth_imbalance', about: 'bid against ask size of five levels, mean of the bar', needs: 'book' },
    depthImbalance,
  ),
  always({ name: 'microprice', about: 'queue-weighted mid against the mid', needs: 'book' }, microprice),
  perPeriod({ name: 'return', about: 'log-return of the mid', needs: 'book' }, logReturn),
  perPeriod(
    { name: 'volatility', about: 'realised volatility: root mean square of one-bar log-returns', needs: 'book' },
    realisedVolatility,
  ),
  perPeriod({ name: 'volume_surprise', about: 'volume against its mean', needs: 'trades' }, volumeSurprise),
]
