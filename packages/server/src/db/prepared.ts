import type { Compilable, CompiledQuery, QueryResult } from 'kysely'
import type { Db } from './db.ts'

/** Stands in a query for a value that each call brings. */
class Given {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
}

const given = new Proxy({}, { get: (_, name) => new Given(String(name)) })

/**
 * A query of one shape that requests ask again and again: built and compiled once for each open database, which costs
 * several times what it costs to run. `build` must use each value as one value of the query and look into none.
 *
 * @example
 * const findOne = prepared((db, { id }: { id: string }) => db.selectFrom('runs').selectAll().where('id', '=', id))
 * const { rows } = await findOne(tx, { id })
 */
export function prepared<Values extends Readonly<Record<string, unknown>>, Row>(
  build: (db: Db, values: Values) => Compilable<Row>,
): (db: Db, values: Values) => Promise<QueryResult<Row>> {
  const compiled = new WeakMap<object, CompiledQuery<Row>>()
  return (db, values) => {
    const executor = db.getExecutor()
    let query = compiled.get(executor.adapter)
    if (!query) {
      query = build(db, given as Values).compile()
      compiled.set(executor.adapter, query)
    }
    const parameters = query.parameters.map((each) => (each instanceof Given ? values[each.name] : each))
    const bound = { ...query, parameters }
    return executor.provideConnection((connection) => connection.executeQuery<Row>(bound))
  }
}
