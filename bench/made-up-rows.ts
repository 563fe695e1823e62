import { float32Column, int64Column, Table } from '@airlock-ml/tabular'
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

/**
 * A table of normally distributed features `x0`, `x1` … and a `label` of 0 or 1, which a third of the features bear on,
 * two of them only together; one label in twenty is wrong. The same seed gives the same table.
 */
export function madeUpRows({
  rowCount,
  featureCount,
  seed,
}: {
  rowCount: number
  featureCount: number
  seed: number
}): { table: Table; featureNames: string[] } {
  const random = xoroshiro128plus(seed)
  random.jump()
  const normal = () =>
    Math.sqrt(-2 * Math.log(1 - uniformFloat64(random))) * Math.cos(2 * Math.PI * uniformFloat64(random))
  const columns = Array.from({ length: featureCount }, () => Float32Array.from({ length: rowCount }, normal))
  const bearing = Math.floor(featureCount / 3)
  const labels = Float64Array.from({ length: rowCount }, (_, row) => {
    let sum = 1.5 * columns[0]![row]! * columns[1]![row]!
    for (let f = 2; f < bearing; f++) sum += columns[f]![row]! / Math.sqrt(f)
    const label = sum > 0 ? 1 : 0
    return uniformFloat64(random) < 0.05 ? 1 - label : label
  })
  const featureNames = columns.map((_, f) => `x${f}`)
  const table = new Table([...columns.map((column, f) => float32Column(`x${f}`, column)), int64Column('label', labels)])
  return { table, featureNames }
}
