import type { Answers, LoadedVersion } from '../answer/loaded-version.ts'
import type { ShadowAnswers } from './shadow-process.ts'

type Asked = { features: Float32Array; rows: number; featureNames: readonly string[] }

/**
 * What a version answers to rows whose features may lie in another order than its own. Rows that it cannot answer are
 * told apart by trying each half by itself.
 */
export async function answerEach(
  loaded: LoadedVersion,
  { features, rows, featureNames }: Asked,
): Promise<ShadowAnswers> {
  const { classLabels } = loaded
  const ordered = inOrder(features, { from: featureNames, to: loaded.featureNames })
  const width = loaded.featureNames.length
  const labels = new Int32Array(rows).fill(-1)
  const probabilities = new Float32Array(rows * classLabels.length)
  let why: string | null = null
  const answer = async (from: number, to: number): Promise<void> => {
    let said: Answers
    try {
      said = await loaded.answer(ordered.subarray(from * width, to * width), to - from)
    } catch (error) {
      why ??= error instanceof Error ? error.message : String(error)
      if (to - from === 1) return
      const middle = (from + to) >> 1
      await answer(from, middle)
      await answer(middle, to)
      return
    }
    for (const [at, label] of said.labels.entries()) labels[from + at] = classLabels.indexOf(label)
    probabilities.set(said.probabilities, from * classLabels.length)
  }
  await answer(0, rows)
  return { labels, probabilities, why }
}

function inOrder(
  features: Float32Array,
  { from, to }: { from: readonly string[]; to: readonly string[] },
): Float32Array {
  if (from === to || (from.length === to.length && from.every((name, at) => name === to[at]))) return features
  const places = to.map((name) => from.indexOf(name))
  const missing = to.filter((_, at) => places[at] === -1)
  if (missing.length > 0) throw new Error(`It takes ${missing.join(', ')}, which the requests do not have.`)
  const rows = features.length / from.length
  const ordered = new Float32Array(rows * to.length)
  for (let row = 0; row < rows; row++)
    for (const [at, place] of places.entries()) ordered[row * to.length + at] = features[row * from.length + place]!
  return ordered
}
