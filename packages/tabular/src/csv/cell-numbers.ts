const floatText = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i
const integerText = /^[+-]?\d+$/
// Text such as 007 is an identifier: as a number it would lose its zeros.
const plainIntegerText = /^-?(0|[1-9]\d*)$/
const powersOfTen = Array.from({ length: 16 }, (_, power) => 10 ** power)

/** Whether a text is a whole number that a table holds, and is written as it would write it. */
export function isSafeInteger(text: string): boolean {
  return plainIntegerText.test(text) && Number.isSafeInteger(Number(text))
}

/** Whether a text is a number, or the mark of a missing one, that is no identifier in disguise. */
export function isNumber(text: string): boolean {
  if (text.includes('.') && plainDecimal(text) !== undefined) return true
  if (integerText.test(text)) return isSafeInteger(text)
  return isMissingNumber(text) || (floatText.test(text) && Number.isFinite(Number(text)))
}

/** Whether a trimmed text stands for a missing number. */
export function isMissingNumber(text: string): boolean {
  return text === '' || /^nan$/i.test(text)
}

/** The number of a cell, `NaN` for a missing one, `undefined` for what is no finite number. */
export function numberOf(cell: string): number | undefined {
  const plain = plainDecimal(cell)
  if (plain !== undefined) return plain
  const text = cell.trim()
  if (isMissingNumber(text)) return Number.NaN
  return floatText.test(text) ? finite(Number(text)) : undefined
}

/**
 * The number of a text of digits with an optional sign and point, which most cells are, without a regular expression. Up
 * to 15 digits and the power of ten are exact, so their quotient is the nearest number, the same that `Number` gives.
 */
function plainDecimal(text: string): number | undefined {
  const isNegative = text.charCodeAt(0) === 45
  let digits = 0
  let value = 0
  let point = -1
  for (let at = isNegative ? 1 : 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 46 && point < 0) {
      point = digits
    } else if (code >= 48 && code <= 57) {
      value = 10 * value + code - 48
      digits++
    } else {
      return undefined
    }
  }
  if (digits === 0) return undefined
  if (digits > 15) return finite(Number(text))
  const size = point < 0 ? value : value / powersOfTen[digits - point]!
  return isNegative ? -size : size
}

function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined
}
