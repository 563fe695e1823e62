import {
  type Evidence,
  type EvidenceField,
  evidenceFields,
  type Gate,
  type GateVerdict,
  type Json,
  reachesGrade,
} from '@airlock-ml/contract'
import { type ASTNode, Environment } from '@marcbachmann/cel-js'

/** A gate that was parsed: what it reads, and how to ask it. */
export type ParsedGate = {
  gate: Gate
  /** Dotted paths into the evidence, as `metrics.accuracy`. */
  reads: readonly string[]
  /** What is wrong with it, in words; null when it may be applied. */
  flaw: string | null
  ask: (values: Record<string, unknown>) => unknown
}

const MAX_NODES = 1_000
const MAX_DEPTH = 50
const MAX_LIST = 100
/** Functions whose cost an expression can drive up without end: a gate runs in the server's own thread. */
const FORBIDDEN = ['matches']
/** Each of these walks a list; inside each other they multiply. */
const LOOPS = ['all', 'exists', 'exists_one', 'filter', 'map']
const MAX_NESTED_LOOPS = 2

/** CEL with the evidence's fields as its only variables, so that a misspelt one is found when the policy is applied. */
function environment(): Environment {
  const cel = new Environment({
    unlistedVariablesAreDyn: false,
    limits: { maxAstNodes: MAX_NODES, maxDepth: MAX_DEPTH, maxListElements: MAX_LIST, maxMapEntries: MAX_LIST },
  })
  for (const field of evidenceFields) cel.registerVariable(field, 'map<string, dyn>')
  cel.registerVariable('now', 'google.protobuf.Timestamp')
  return cel
}

/** Parses and checks a gate. Never throws: what is wrong is its `flaw`. */
export function parseGate(gate: Gate): ParsedGate {
  const broken = (flaw: string): ParsedGate => ({ gate, reads: [], flaw, ask: () => false })
  try {
    const ask = environment().parse(gate.expression)
    const costly = costOf(ask.ast)
    if (costly) return broken(costly)
    const checked = ask.check()
    if (!checked.valid) return broken(firstLine(checked.error))
    if (checked.type !== 'bool') return broken(`it gives ${checked.type}, not true or false`)
    const reads = readsOf(ask.ast)
    if (reads.length === 0) return broken('it reads no evidence, so it would always say the same')
    const parsed: ParsedGate = { gate, reads, flaw: null, ask }
    return isTrueOnNothing(parsed) ? { ...parsed, flaw: 'it is true on empty evidence' } : parsed
  } catch (error) {
    return broken(firstLine(error))
  }
}

function isTrueOnNothing({ ask }: ParsedGate): boolean {
  try {
    return ask({ ...Object.fromEntries(evidenceFields.map((field) => [field, {}])), now: new Date(0) }) === true
  } catch {
    return false
  }
}

/** Asks a gate at a moment. It passes only when its evidence is there, of sufficient grade, and the answer is `true`. */
export function askGate(parsed: ParsedGate, evidence: Evidence, now: Date): GateVerdict {
  const { gate, reads } = parsed
  const values = Object.fromEntries(reads.map((path) => [path, valueAt(evidence, path)]))
  const failed = (why: string | null): GateVerdict => ({
    name: gate.name,
    verdict: 'failed',
    expression: gate.expression,
    grade: gate.grade,
    values,
    message: why === null ? gate.message : `${gate.message} (${why})`,
    remedy: gate.remedy,
  })
  if (parsed.flaw) return failed(parsed.flaw)
  for (const field of new Set(reads.map(fieldOf))) {
    const known = evidence[field]
    if (!known) return failed(`there is no evidence ${field}`)
    if (!reachesGrade(known.grade, gate.grade))
      return failed(`${field} is ${known.grade}, and the gate takes ${gate.grade} or better`)
  }
  try {
    const facts = Object.fromEntries(evidenceFields.map((field) => [field, evidence[field]?.value ?? {}]))
    const answer = parsed.ask({ ...facts, now })
    if (answer !== true) return failed(null)
  } catch (error) {
    return failed(firstLine(error))
  }
  return { ...failed(null), verdict: 'passed', message: null, remedy: null }
}

/** Whether a gate asks about one field of the evidence and nothing else. */
export const readsOnly = ({ reads }: ParsedGate, field: EvidenceField): boolean =>
  reads.length > 0 && reads.every((path) => fieldOf(path) === field)

const fieldOf = (path: string) => path.split('.', 1)[0] as EvidenceField

function valueAt(evidence: Evidence, path: string): Json {
  const [field, ...rest] = path.split('.')
  let value: Json | undefined = evidence[field as EvidenceField]?.value
  for (const name of rest)
    value =
      typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, name)
        ? value[name]
        : undefined
  return value ?? null
}

/** Why an expression could run for very long, or null. */
function costOf(ast: ASTNode): string | null {
  let flaw: string | null = null
  const visit = (node: unknown, loops: number): void => {
    if (Array.isArray(node)) for (const part of node) visit(part, loops)
    if (!isNode(node)) return
    const called = node.op === 'rcall' || node.op === 'call' ? node.args[0] : null
    if (called !== null && FORBIDDEN.includes(called)) flaw ??= `it calls ${called}, whose cost has no bound`
    const nested = loops + (called !== null && LOOPS.includes(called) ? 1 : 0)
    if (nested > MAX_NESTED_LOOPS) flaw ??= `it walks lists inside lists more than ${MAX_NESTED_LOOPS} deep`
    visit(node.args, nested)
  }
  visit(ast, 0)
  return flaw
}

/** The longest dotted paths of an expression that begin with a field of the evidence. */
function readsOf(ast: ASTNode): string[] {
  const paths = new Set<string>()
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) for (const part of node) visit(part)
    if (!isNode(node)) return
    const path = pathOf(node)
    if (path) paths.add(path)
    else visit(node.args)
  }
  visit(ast)
  return [...paths].filter((path) => (evidenceFields as readonly string[]).includes(fieldOf(path))).sort()
}

/** `a.b` and `a["b"]` as `a.b`; undefined for anything else. */
function pathOf(node: ASTNode): string | undefined {
  if (node.op === 'id') return node.args
  if (node.op === '.') {
    const base = pathOf(node.args[0])
    return base && `${base}.${node.args[1]}`
  }
  if (node.op === '[]' && node.args[1].op === 'value' && typeof node.args[1].args === 'string') {
    const base = pathOf(node.args[0])
    return base && `${base}.${node.args[1].args}`
  }
  return undefined
}

const isNode = (value: unknown): value is ASTNode =>
  typeof value === 'object' && value !== null && 'op' in value && 'args' in value

const firstLine = (error: unknown): string => String(error instanceof Error ? error.message : error).split('\n', 1)[0]!
