import { leastSquares } from './least-squares.ts'

/**
 * Kyle's lambda: slope of the price moves on the signed volume of the same intervals, unit of move per unit of size; what one unit of net
 * buying moves the price (Kyle, "Continuous auctions and insider trading", Econometrica 53(6), 1985; as a regression: Hasbrouck,
 * "Trading costs and returns for U.S. equities", Journal of Finance 64(3), 2009). Both [n], finite. Undefined with fewer than three
 * intervals, or where price or volume never changes.
 */
export const kyleLambda = (moves: readonly number[], signedVolumes: readonly number[]): number | undefined =>
  leastSquares([signedVolumes], moves)?.slopes[0]
