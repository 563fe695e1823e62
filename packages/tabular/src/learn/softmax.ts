/** One array a class to one array row by row. */
export function interleave(columns: readonly Float32Array[]): Float32Array {
  const width = columns.length
  const values = new Float32Array(width * columns[0]!.length)
  for (const [c, column] of columns.entries()) {
    for (let row = 0; row < column.length; row++) values[row * width + c] = column[row]!
  }
  return values
}

/** Logits, row by row, to probabilities: `exp(z - max) / sum`. */
export function softmaxRows(logits: Float32Array, classCount: number): Float32Array {
  const probabilities = new Float32Array(logits.length)
  for (let from = 0; from < logits.length; from += classCount) {
    let highest = Number.NEGATIVE_INFINITY
    for (let c = 0; c < classCount; c++) highest = Math.max(highest, logits[from + c]!)
    let sum = 0
    for (let c = 0; c < classCount; c++) sum += Math.exp(logits[from + c]! - highest)
    for (let c = 0; c < classCount; c++) probabilities[from + c] = Math.exp(logits[from + c]! - highest) / sum
  }
  return probabilities
}
