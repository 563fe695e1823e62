// `npm run boundaries`: the package graph, the order of the server's slices, and the shape of files. The rules are in
// boundaries/, one table or predicate each; they have no exceptions.
import { dirname } from 'node:path'
import { noCycles } from './boundaries/cycles.ts'
import { frameworkHomes } from './boundaries/frameworks.ts'
import { declaredImports, packageArrows } from './boundaries/package-arrows.ts'
import { sliceOrder } from './boundaries/server-slices.ts'
import { fileLength, noTestImports, oneIndex, telltaleNames } from './boundaries/shape.ts'
import { type Rule, readTree, type Violation } from './boundaries/tree.ts'

const RULES: Rule[] = [
  ...[packageArrows, declaredImports, noCycles, sliceOrder, frameworkHomes],
  ...[fileLength, telltaleNames, oneIndex, noTestImports],
]

/** Every breach of a rule in the repository at `root`, in the order of the rules. */
export function findViolations(root: string): Violation[] {
  const tree = readTree(root)
  return RULES.flatMap((rule) => rule(tree))
}

if (import.meta.main) {
  const violations = findViolations(dirname(import.meta.dirname))
  for (const { path, line, rule, message } of violations) {
    console.error(`${path}${line === undefined ? '' : `:${line}`}  ${rule}  ${message}`)
  }
  if (violations.length > 0) process.exitCode = 1
}
