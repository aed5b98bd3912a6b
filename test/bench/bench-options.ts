/** Sizes are the bench's own unless a test asks for less. */
export interface BenchOptions {
  progress?(text: string): void
}
