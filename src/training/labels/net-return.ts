/** What is left of a move for whoever was on its right side after a round trip's cost; 0 where the cost eats it. Basis points. */
export const netReturnBps = (returnBps: number, costBps: number): number =>
  Math.sign(returnBps) * Math.max(Math.abs(returnBps) - costBps, 0)
