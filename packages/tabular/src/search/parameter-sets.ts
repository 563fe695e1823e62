import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator'
import { integerSetting } from '../learn/classifier.ts'
import { TableError } from '../table/table-error.ts'

/** For each parameter, the values to try. */
export type ParameterGrid = Readonly<Record<string, readonly unknown[]>>

/** A stretch of numbers to draw from, both ends included. */
export interface ParameterRange {
  readonly low: number
  readonly high: number
  /** `'log'`: each power of ten as likely as the next, for learning rates and penalties; `'linear'` by default. */
  readonly scale?: 'linear' | 'log'
  /** Whole numbers only; false by default. */
  readonly integer?: boolean
}

/** For each parameter, values or a range to draw from. */
export type ParameterSpace = Readonly<Record<string, readonly unknown[] | ParameterRange>>

/** One value of each parameter. */
export type ParameterSet<Space extends ParameterSpace> = {
  readonly [Name in keyof Space]: Space[Name] extends readonly (infer Value)[] ? Value : number
}

/** The most sets one search may have. */
const MOST_SETS = 10_000

/**
 * Every combination of the values, the last parameter changing fastest: what a grid search fans out over.
 * Throws `TableError` `setting_invalid` for a parameter without values and for more than 10,000 combinations.
 *
 * @example
 * parameterGrid({ trees: [50, 100], depth: [3, 5] }) // 4 sets, the first { trees: 50, depth: 3 }
 */
export function parameterGrid<const Grid extends ParameterGrid>(grid: Grid): ParameterSet<Grid>[] {
  const entries = Object.entries(grid)
  for (const [name, values] of entries) checkValues(name, values)
  const count = entries.reduce((product, [, values]) => product * values.length, 1)
  if (count > MOST_SETS) {
    const message = `The grid has ${count} combinations, more than ${MOST_SETS}. Try fewer values, or draw with randomParameters.`
    throw new TableError('setting_invalid', message)
  }
  const sets = entries.reduce<Record<string, unknown>[]>(
    (all, [name, values]) => all.flatMap((set) => values.map((value) => ({ ...set, [name]: value }))),
    [{}],
  )
  return sets as ParameterSet<Grid>[]
}

/**
 * So many sets, each parameter drawn by itself: what a random search fans out over (J. Bergstra and Y. Bengio, J. Mach.
 * Learn. Res. 13, 2012). More sets leave the first ones as they were. Sets may repeat.
 * Throws `TableError` `setting_invalid` for a parameter without values, a range that is none, or a count out of range.
 *
 * @example
 * randomParameters({ rate: { low: 0.01, high: 0.3, scale: 'log' }, depth: [3, 4, 5] }, { count: 20, seed: 7 })
 */
export function randomParameters<const Space extends ParameterSpace>(
  space: Space,
  options: { readonly count: number; readonly seed: number },
): ParameterSet<Space>[] {
  const count = integerSetting('count', options.count, [1, MOST_SETS])
  const random = xoroshiro128plus(integerSetting('seed', options.seed, [-(2 ** 31), 2 ** 32 - 1]))
  random.jump()
  const entries = Object.entries(space)
  for (const [name, values] of entries) {
    if (isRange(values)) checkRange(name, values)
    else checkValues(name, values)
  }
  return Array.from(
    { length: count },
    () =>
      Object.fromEntries(
        entries.map(([name, values]) => [
          name,
          isRange(values) ? draw(values, random) : values[uniformInt(random, 0, values.length - 1)],
        ]),
      ) as ParameterSet<Space>,
  )
}

function isRange(values: readonly unknown[] | ParameterRange): values is ParameterRange {
  return !Array.isArray(values)
}

function draw({ low, high, scale, integer }: ParameterRange, random: RandomGenerator): number {
  const share = uniformFloat64(random)
  // A whole number owns the half on either side of it, so that both ends are as likely as the rest.
  const [from, to] = integer ? [low - 0.5, high + 0.5] : [low, high]
  const value = scale === 'log' ? from * (to / from) ** share : from + share * (to - from)
  return Math.min(high, Math.max(low, integer ? Math.round(value) : value))
}

function checkValues(name: string, values: readonly unknown[]): void {
  if (values.length > 0) return
  throw new TableError('setting_invalid', `Parameter "${name}" has no values to try. Give it at least one.`)
}

function checkRange(name: string, { low, high, scale, integer }: ParameterRange): void {
  const isRising = Number.isFinite(low) && Number.isFinite(high) && low < high
  if (isRising && (scale !== 'log' || low > 0) && (!integer || (Number.isInteger(low) && Number.isInteger(high))))
    return
  const message = `The range of "${name}" is ${low} to ${high}. The ends must be finite and rising, above 0 for scale log, and whole for integer.`
  throw new TableError('setting_invalid', message)
}
