import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import type { FeatureMatrix } from '../src/index.ts'

/** Made-up rows that vary about as widely as those of a matrix, each feature by itself. */
export function gaussianRows(like: FeatureMatrix, { count, seed }: { count: number; seed: number }): FeatureMatrix {
  const random = xoroshiro128plus(seed)
  const columns = like.columns.map((column) => {
    const mean = column.reduce((sum, value) => sum + value / column.length, 0)
    const variance = column.reduce((sum, value) => sum + (value - mean) ** 2 / column.length, 0)
    return Float32Array.from({ length: count }, () => {
      const radius = Math.sqrt(-2 * Math.log(1 - uniformFloat64(random)) * variance)
      return mean + radius * Math.cos(2 * Math.PI * uniformFloat64(random))
    })
  })
  return { names: like.names, columns, rowCount: count }
}
