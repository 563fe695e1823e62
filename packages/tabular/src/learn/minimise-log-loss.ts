import { TableError } from '../table/table-error.ts'
import type { FeatureMatrix } from './feature-matrix.ts'
import type { LinearMap } from './linear-map.ts'

/** What a logistic regression is fitted to. */
export interface LogLossProblem {
  readonly features: FeatureMatrix
  readonly labels: ArrayLike<number>
  readonly classCount: number
  readonly l2: number
  readonly maxSteps: number
}

/** With as many intercepts as classes one is superfluous: so small a penalty settles which, and moves nothing else. */
const INTERCEPT_RIDGE = 1e-9

/**
 * Newton's method on the penalised log loss. Weights are kept class by class, the intercept first; with two classes only
 * the second has any. A step that does not lessen the loss is halved until it does.
 */
export async function minimiseLogLoss(problem: LogLossProblem): Promise<LinearMap> {
  const { Matrix, solve } = await import('ml-matrix')
  const loss = new LogLoss(problem)
  let parameters = new Float64Array(loss.free.length * loss.width)
  let now = loss.at(parameters)
  for (let step = 0; step < problem.maxSteps; step++) {
    const { gradient, hessian } = loss.derivatives(parameters, now.probabilities)
    const direction = solve(new Matrix(hessian), Matrix.columnVector([...gradient]), true).to1DArray()
    const decrement = gradient.reduce((sum, slope, i) => sum + slope * direction[i]!, 0)
    if (!(decrement > 1e-10 * (1 + now.value))) return mapOf(loss, parameters, now.value)
    let length = 1
    let next = parameters.map((value, i) => value - direction[i]!)
    let then = loss.at(next)
    while (!(then.value < now.value) && length > 1e-9) {
      length /= 2
      next = parameters.map((value, i) => value - length * direction[i]!)
      then = loss.at(next)
    }
    if (!(then.value < now.value)) return mapOf(loss, parameters, now.value)
    parameters = next
    now = then
  }
  throw notConverged(`is not at its optimum after ${problem.maxSteps} steps`)
}

class LogLoss {
  readonly problem: LogLossProblem
  /** The classes that have weights. */
  readonly free: readonly number[]
  /** Intercept and weights of one class. */
  readonly width: number
  readonly #inputs: readonly ArrayLike<number>[]

  constructor(problem: LogLossProblem) {
    this.problem = problem
    this.free = problem.classCount === 2 ? [1] : Array.from({ length: problem.classCount }, (_, c) => c)
    this.width = problem.features.columns.length + 1
    this.#inputs = [new Float64Array(problem.features.rowCount).fill(1), ...problem.features.columns]
  }

  /** The loss, and P(class) of every row for each class that has weights. */
  at(parameters: Float64Array): { value: number; probabilities: Float64Array[] } {
    const { features, labels, l2 } = this.problem
    const logits = this.free.map((_, k) => this.#logitsOf(parameters, k))
    const base = this.free.length < this.problem.classCount ? 0 : Number.NEGATIVE_INFINITY
    let value = 0
    for (let row = 0; row < features.rowCount; row++) {
      const highest = logits.reduce((max, column) => Math.max(max, column[row]!), base)
      const total = logits.reduce((sum, column) => sum + Math.exp(column[row]! - highest), Math.exp(base - highest))
      const own = this.free.indexOf(labels[row]!)
      value += highest + Math.log(total) - (own < 0 ? 0 : logits[own]![row]!)
      for (const column of logits) column[row] = Math.exp(column[row]! - highest) / total
    }
    for (const [i, parameter] of parameters.entries()) {
      value += ((i % this.width === 0 ? this.#ridge() : l2) / 2) * parameter ** 2
    }
    return { value, probabilities: logits }
  }

  derivatives(
    parameters: Float64Array,
    probabilities: readonly Float64Array[],
  ): { gradient: Float64Array; hessian: number[][] } {
    const { width } = this
    const { labels, l2 } = this.problem
    const penalties = parameters.map((_, i) => (i % width === 0 ? this.#ridge() : l2))
    const gradient = parameters.map((value, i) => value * penalties[i]!)
    const hessian = Array.from(penalties, (penalty, i) => Array.from(penalties, (_, j) => (i === j ? penalty : 0)))
    for (const [a, classA] of this.free.entries()) {
      const residuals = probabilities[a]!.map((p, row) => p - (labels[row] === classA ? 1 : 0))
      for (let f = 0; f < width; f++) gradient[a * width + f]! += dot(residuals, this.#inputs[f]!)
      for (let b = 0; b <= a; b++) {
        const curvatures = probabilities[a]!.map((p, row) => p * ((a === b ? 1 : 0) - probabilities[b]![row]!))
        this.#addBlock(hessian, { a, b, curvatures })
      }
    }
    return { gradient, hessian }
  }

  #addBlock(hessian: number[][], block: { a: number; b: number; curvatures: Float64Array }): void {
    const { a, b, curvatures } = block
    for (let i = 0; i < this.width; i++) {
      const weighted = curvatures.map((curvature, row) => curvature * this.#inputs[i]![row]!)
      for (let j = a === b ? i : 0; j < this.width; j++) {
        const value = dot(weighted, this.#inputs[j]!)
        const [row, column] = [a * this.width + i, b * this.width + j]
        hessian[row]![column]! += value
        if (row !== column) hessian[column]![row]! += value
      }
    }
  }

  #logitsOf(parameters: Float64Array, k: number): Float64Array {
    const sums = new Float64Array(this.problem.features.rowCount)
    for (const [f, input] of this.#inputs.entries()) {
      const weight = parameters[k * this.width + f]!
      for (let row = 0; row < sums.length; row++) sums[row]! += input[row]! * weight
    }
    return sums
  }

  #ridge(): number {
    return this.free.length < this.problem.classCount ? 0 : INTERCEPT_RIDGE
  }
}

function dot(a: Float64Array, b: ArrayLike<number>): number {
  let sum = 0
  for (let row = 0; row < a.length; row++) sum += a[row]! * b[row]!
  return sum
}

function mapOf(loss: LogLoss, parameters: Float64Array, value: number): LinearMap {
  const { problem, free, width } = loss
  // Without a penalty the weights of classes that can be parted entirely grow without end.
  if (problem.l2 === 0 && value < 1e-6 * problem.features.rowCount) throw notConverged('has no optimum')
  if (!parameters.every(Number.isFinite)) throw notConverged('has no single optimum')
  const [inputCount, outputCount] = [width - 1, problem.classCount]
  const weights = new Float64Array(inputCount * outputCount)
  const bias = new Float64Array(outputCount)
  for (const [k, c] of free.entries()) {
    bias[c] = parameters[k * width]!
    for (let f = 0; f < inputCount; f++) weights[f * outputCount + c] = parameters[k * width + f + 1]!
  }
  return { inputCount, outputCount, weights, bias }
}

function notConverged(what: string): TableError {
  const message = `The logistic regression ${what}: features part the classes entirely, repeat each other, or are not scaled. Scale them, and set l2 above 0.`
  return new TableError('not_converged', message)
}
