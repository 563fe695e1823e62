import { uniformInt } from 'pure-rand/distribution/uniformInt'
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator'

/** Puts whole numbers into a random order, in place (Fisher and Yates). */
export function shuffle(values: Int32Array, random: RandomGenerator): Int32Array {
  for (let i = values.length - 1; i > 0; i--) {
    const j = uniformInt(random, 0, i)
    const value = values[i]!
    values[i] = values[j]!
    values[j] = value
  }
  return values
}
