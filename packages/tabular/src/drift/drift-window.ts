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

/** What a window counted, as plain JSON: parts that were counted apart are added up. */
export interface DriftCounts {
  readonly rows: number
  readonly features: readonly BinCounts[]
  readonly probabilities: readonly BinCounts[]
  readonly labels: readonly { readonly label: string; readonly rows: number }[]
}

interface BinCounts {
  readonly name: string
  readonly missing: number
  readonly counts: readonly number[]
  readonly sums: readonly number[]
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

  /** What was counted, for another window of the same profile. */
  counts(): DriftCounts {
    const binsOf = (watched: readonly Watched[]) =>
      watched.map(({ reference: { name }, bins }) => ({
        ...{ name, missing: bins.missing, counts: [...bins.counts], sums: [...bins.sums] },
      }))
    return {
      rows: this.rows,
      features: binsOf(this.#features),
      probabilities: binsOf(this.#probabilities),
      labels: [...this.#labels].map(([label, rows]) => ({ label, rows })),
    }
  }

  /** Adds what another window of the same profile counted; what has other bins is left out. */
  addCounts({ rows, features, probabilities, labels }: DriftCounts): void {
    this.rows += rows
    const addTo = (watched: readonly Watched[], counted: readonly BinCounts[]) => {
      for (const { reference, bins } of watched) {
        const counts = counted.find(({ name }) => name === reference.name)
        if (counts) bins.addCounts(counts)
      }
    }
    addTo(this.#features, features)
    addTo(this.#probabilities, probabilities)
    for (const { label, rows } of labels) this.#labels.set(label, (this.#labels.get(label) ?? 0) + rows)
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
