import { chanceOf, type DriftSummary, driftOf, labelDrift } from './drift-summary.ts'
import { NumberBins } from './number-bins.ts'
import type { NumberReference, ReferenceProfile } from './reference-profile.ts'

/** Rows that were answered together; numbers row by row. */
export interface AnsweredRows {
  readonly rows: number
  /** `rows` times as many values as the window was made for; NaN is a missing one. */
  readonly features: Float32Array
  readonly labels: readonly string[]
  readonly probabilities: Float32Array
}

/** In which order the numbers of a row come. */
export interface RowShape {
  readonly featureNames: readonly string[]
  readonly classLabels: readonly string[]
}

/** One feature, or P(class), of a window. */
interface Watched {
  readonly reference: NumberReference
  readonly bins: NumberBins
  /** Where it stands in a row. */
  readonly at: number
}

/** Rows that are held together against a profile. Takes some bytes for each bin, however many rows there are. */
export class DriftWindow {
  rows = 0
  readonly #profile: ReferenceProfile
  readonly #shape: RowShape
  readonly #features: readonly Watched[]
  readonly #probabilities: readonly Watched[]
  readonly #labels = new Map<string, number>()

  /** What the profile and the rows do not both have is not compared. */
  constructor(profile: ReferenceProfile, shape: RowShape) {
    this.#profile = profile
    this.#shape = shape
    this.#features = watched(profile.features, shape.featureNames)
    this.#probabilities = watched(profile.probabilities, shape.classLabels)
  }

  add({ rows, features, labels, probabilities }: AnsweredRows): void {
    this.rows += rows
    const { featureNames, classLabels } = this.#shape
    for (const { bins, at } of this.#features) bins.add(features, { from: at, stride: featureNames.length, rows })
    for (const { bins, at } of this.#probabilities) {
      bins.add(probabilities, { from: at, stride: classLabels.length, rows })
    }
    for (let row = 0; row < rows; row++) {
      const label = labels[row]!
      this.#labels.set(label, (this.#labels.get(label) ?? 0) + 1)
    }
  }

  /** Counts rows in which this feature had no value, and which were therefore not answered. */
  addMissing(feature: string, rows: number): void {
    for (const { reference, bins } of this.#features) if (reference.name === feature) bins.missing += rows
  }

  /** How what was added differs from the profile. */
  compare(): DriftSummary {
    // So that, of all measures of one window, one is called drift by chance in a hundred windows at most.
    const probability = 0.01 / (this.#features.length + this.#probabilities.length + 1)
    const chance = chanceOf(probability)
    return {
      rows: this.rows,
      referenceRows: this.#profile.rows,
      features: this.#features.map(({ reference, bins }) => driftOf(reference, bins, chance)),
      // A probability has no range to leave.
      probabilities: this.#probabilities.map(({ reference, bins }) => ({
        ...driftOf(reference, bins, chance),
        outOfRange: 0,
      })),
      labels: labelDrift(this.#profile, this.#labels, chance),
    }
  }

  clear(): void {
    this.rows = 0
    for (const { bins } of [...this.#features, ...this.#probabilities]) bins.clear()
    this.#labels.clear()
  }
}

const watched = (references: readonly NumberReference[], order: readonly string[]): Watched[] =>
  references.flatMap((reference) => {
    const at = order.indexOf(reference.name)
    return at < 0 ? [] : { reference, at, bins: new NumberBins(reference.edges) }
  })
