/** Sizes are the bench's own unless a test asks for less. */
export interface BenchOptions {
  /** What follows the bench's name on the command line. */
  readonly args?: readonly string[]
  progress?(text: string): void
}
