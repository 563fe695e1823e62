import { packageOf, type SourceImport } from './imports.ts'
import { type Rule, type SourceFile, type Tree, type Unit, unitOf, type Violation } from './tree.ts'

const SCOPE = '@airlock-ml/'

/** Who may import whom (DESIGN.md, "Package arrows"). */
const ARROWS: Record<string, string[]> = {
  contract: [],
  tabular: [],
  client: ['contract'],
  stack: ['contract'],
  bundle: ['contract', 'stack'],
  sdk: ['contract', 'client', 'stack', 'tabular'],
  server: ['contract', 'stack', 'bundle', 'tabular'],
  serving: ['contract', 'client', 'stack', 'tabular', 'sdk'],
  dashboard: ['contract', 'client'],
  cli: ['contract', 'client', 'stack', 'bundle', 'sdk', 'tabular', 'server', 'serving'],
}

/** A package depends only along the arrows. What tests need besides stands in `devDependencies`. */
export const packageArrows: Rule = ({ units }) =>
  units.flatMap((unit) => {
    const path = `${unit.folder}/package.json`
    const short = unit.name.slice(SCOPE.length)
    if (!unit.folder.startsWith('packages/')) return []
    const allowed = ARROWS[short]
    if (!allowed) return [{ path, rule: 'package-arrows', message: `${unit.name} is in no arrow; add it to ARROWS` }]
    return [...unit.dependencies]
      .filter((name) => name.startsWith(SCOPE) && !allowed.includes(name.slice(SCOPE.length)))
      .map((name) => ({ path, rule: 'package-arrows', message: `${short} may not depend on ${name}` }))
  })

/** An import names a declared dependency, goes through its `exports`, and never reaches into a package by a path. */
export const declaredImports: Rule = (tree) =>
  tree.files.flatMap((file) => file.imports.flatMap((each) => checkImport(tree, file, each)))

function checkImport(tree: Tree, file: SourceFile, { specifier, target, line }: SourceImport): Violation[] {
  const violation = (rule: string, message: string) => [{ path: file.path, line, rule, message }]
  if (target !== undefined) {
    if (!target.startsWith('..') && unitOf(target, tree.units) === file.unit) return []
    return violation('exports-only', `'${specifier}' leaves ${file.unit.name}; import the other package by its name`)
  }
  if (specifier.startsWith('node:')) return []
  const name = packageOf(specifier)
  const workspaceUnit = tree.units.find((unit) => unit.name === name)
  if (workspaceUnit && !workspaceUnit.exports.includes(`.${specifier.slice(name.length)}`)) {
    return violation('exports-only', `'${specifier}' is not in the exports of ${name}`)
  }
  if (isDeclared(tree, file, name)) return []
  return violation('declared-imports', `'${name}' is not declared in ${file.unit.folder || '.'}/package.json`)
}

function isDeclared(tree: Tree, file: SourceFile, name: string): boolean {
  const { unit } = file
  if (unit.name === name || unit.dependencies.has(name)) return true
  const isTool = file.isTest || isRoot(unit)
  if (!isTool) return false
  // Workspace packages are linked at the root, so that its scripts and tests need no declaration of them.
  const isLinkedAtRoot = isRoot(unit) && tree.units.some((other) => other.name === name)
  return isLinkedAtRoot || unit.devDependencies.has(name) || rootOf(tree).devDependencies.has(name)
}

function isRoot(unit: Unit): boolean {
  return unit.folder === ''
}

function rootOf(tree: Tree): Unit {
  return unitOf('package.json', tree.units)
}
