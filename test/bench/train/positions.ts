/** Sinusoidal positions [steps, width], row-major: sin and cos in turn (Vaswani et al. 2017, section 3.5). */
export const sinusoids = (steps: number, width: number): Float32Array =>
  Float32Array.from({ length: steps * width }, (_, at) => {
    const [step, column] = [Math.floor(at / width), at % width]
    const angle = step / 10_000 ** ((column - (column % 2)) / width)
    return column % 2 === 0 ? Math.sin(angle) : Math.cos(angle)
  })
