import { packageOf } from './imports.ts'
import type { Rule, SourceFile } from './tree.ts'

interface Framework {
  what: string
  packages: RegExp
  /** Where it may be imported, types included. */
  home: RegExp
  isFreeInTests: boolean
}

const FRAMEWORKS: Framework[] = [
  {
    what: 'HTTP',
    packages: /^(hono|@hono\/.*)$/,
    home: /^packages\/server\/src\/(http\/.*|main\.ts|serve\.ts)$/,
    isFreeInTests: false,
  },
  {
    what: 'SQL',
    packages: /^(kysely|node:sqlite|pg)$/,
    home: /^(packages\/server\/src\/(db\/.*|.*\/(.*-)?store\.ts)|packages\/serving\/src\/system-lock\.ts|bench\/(run-record|run-rows|artifact-rows|part-rows|durable-writes|cached-run)\.ts)$/,
    isFreeInTests: true,
  },
  {
    what: 'React',
    packages: /^(react|react-dom|@xyflow\/react)$/,
    home: /^packages\/dashboard\//,
    isFreeInTests: false,
  },
]

/** Each framework is known in one place: HTTP in `http/`, SQL in `db/` and `store.ts`, React in the dashboard. */
export const frameworkHomes: Rule = ({ files }) =>
  files.flatMap((file) =>
    file.imports.flatMap(({ specifier, line }) => {
      const framework = FRAMEWORKS.find(({ packages }) => packages.test(packageOf(specifier)))
      if (!framework || isAtHome(file, framework)) return []
      const message = `'${specifier}' is not known here; ${framework.what} belongs in ${framework.home.source}`
      return [{ path: file.path, line, rule: 'framework-homes', message }]
    }),
  )

function isAtHome(file: SourceFile, framework: Framework): boolean {
  return framework.home.test(file.path) || (framework.isFreeInTests && file.isTest)
}
