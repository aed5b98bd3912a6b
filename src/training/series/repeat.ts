import type { SeriesForecaster, SeriesTrainer } from './series-trainer.ts'

/** Persistence: the last value of each channel all over the horizon. Nothing is fitted. The model to beat on prices. */
export const repeat: SeriesTrainer = {
  name: 'repeat',
  async fit({ channels }, { lookBack, horizon }): Promise<SeriesForecaster> {
    return {
      async forecast(inputs, batch) {
        const found = new Float32Array(batch * horizon * channels)
        for (let i = 0; i < batch; i += 1) {
          const last = inputs.subarray(((i + 1) * lookBack - 1) * channels, (i + 1) * lookBack * channels)
          for (let step = 0; step < horizon; step += 1) found.set(last, (i * horizon + step) * channels)
        }
        return found
      },
    }
  },
}
