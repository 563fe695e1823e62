import { showValue } from '../show-value.ts'
import { type Builder, currentBuilder } from './builder.ts'
import { checkStepName, invalid } from './check-names.ts'

/**
 * Calls steps for each item of a list that is known when the pipeline is compiled, as a parameter is. The steps of the
 * first item have `_0` behind their names, and so on. Answers with what `each` did, in the order of the items; give that
 * to an input that is a `list`. An empty list gives an empty list.
 *
 * @example
 * const scores = map(params.seeds, (seed) => {
 *   const { model } = trainModel({ inputs: { train }, params: { seed } })
 *   return scoreModel({ inputs: { model, test } }).score
 * })
 * average({ inputs: { scores } })
 */
export function map<Item, Result>(
  items: readonly Item[],
  each: (item: Item, index: number) => Result,
): readonly Result[] {
  const builder = builderFor('map')
  if (!Array.isArray(items)) throw invalid(`map was given ${showValue(items)}; it needs a list.`)
  return items.map((item: Item, index) =>
    builder.renamed(
      (name) => `${name}_${index}`,
      () => synchronous('map', each(item, index)),
    ),
  )
}

/**
 * Calls steps as a group, whose name and `_` stand before theirs: so the same function can be called twice in a build.
 * Answers with what `work` does.
 *
 * @example
 * const forest = group('forest', () => trainAndScore({ train, test, kind: 'forest' }))
 */
export function group<Result>(name: string, work: () => Result): Result {
  const builder = builderFor('group')
  checkStepName(name, 'A group')
  return builder.renamed(
    (inner) => `${name}_${inner}`,
    () => synchronous('group', work()),
  )
}

function builderFor(what: string): Builder {
  const builder = currentBuilder()
  if (builder) return builder
  throw invalid(`${what} was called outside of a pipeline's build, where there is nothing to add steps to.`)
}

function synchronous<Result>(what: string, result: Result): Result {
  if (!(result instanceof Promise)) return result
  // Its rejection is not what went wrong.
  result.catch(() => {})
  throw invalid(`The function given to ${what} is async. Wiring takes no time: make it a plain function.`)
}
