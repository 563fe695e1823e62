import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** What a service counts from its start. */
export type Counts = {
  requests: number
  predictions: number
  /** Requests that were refused: not whole, not allowed, too many. */
  refused: number
  /** Requests that failed for a fault of ours. */
  failed: number
}

/** A value of a metric that has several, told apart by labels. */
export type LabelledValue = { labels: Readonly<Record<string, string>>; value: number }

/** Counts what a service does, and shows it to Prometheus. */
export type Counters = {
  readonly counts: Counts
  /** How a request ended, and how long after it was read whole. */
  ended: (status: number, seconds: number) => void
  predicted: (number: number, rows: number) => void
  /** Rows that this version of the model answered. */
  predictionsOf: (number: number) => number
  /** Adds a number that is asked for whenever somebody looks. */
  watch: (gauge: { name: string; help: string; value: () => number }) => void
  /** The same of several numbers. */
  watchEach: (gauge: {
    name: string
    help: string
    labels: readonly string[]
    values: () => readonly LabelledValue[]
  }) => void
  /** In the text format of Prometheus. */
  text: () => Promise<string>
  contentType: string
}

/** From a tenth of a millisecond on: an answer usually takes less than one. */
const BUCKETS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5]

export function openCounters(deployment: string): Counters {
  const registry = new Registry()
  registry.setDefaultLabels({ deployment })
  collectDefaultMetrics({ register: registry, prefix: 'airlock_service_' })
  const counts: Counts = { requests: 0, predictions: 0, refused: 0, failed: 0 }
  const byStatus = new Map<number, number>()
  const byVersion = new Map<number, number>()
  const seconds = new Histogram({
    name: 'airlock_request_seconds',
    help: 'From a request that is read whole to its answer.',
    buckets: BUCKETS,
    registers: [registry],
  })
  // Gauges that are filled when somebody looks: counting in plain numbers costs next to nothing for each request.
  const counted = <T extends string>(name: string, help: string, label: T, values: ReadonlyMap<number, number>) =>
    new Gauge({
      name,
      help,
      labelNames: [label],
      registers: [registry],
      collect() {
        for (const [key, value] of values) this.set({ [label]: String(key) } as Record<T, string>, value)
      },
    })
  counted('airlock_requests_total', 'Requests for predictions by status.', 'status', byStatus)
  counted('airlock_predictions_total', 'Rows answered by version.', 'version', byVersion)
  return {
    counts,
    ended: (status, took) => {
      counts.requests++
      if (status >= 500) counts.failed++
      else if (status >= 400) counts.refused++
      byStatus.set(status, (byStatus.get(status) ?? 0) + 1)
      seconds.observe(took)
    },
    predicted: (number, rows) => {
      counts.predictions += rows
      byVersion.set(number, (byVersion.get(number) ?? 0) + rows)
    },
    predictionsOf: (number) => byVersion.get(number) ?? 0,
    watch: ({ name, help, value }) => {
      new Gauge({
        name,
        help,
        registers: [registry],
        collect() {
          this.set(value())
        },
      })
    },
    watchEach: ({ name, help, labels, values }) => {
      new Gauge({
        name,
        help,
        labelNames: labels,
        registers: [registry],
        collect() {
          this.reset()
          for (const { labels, value } of values()) this.set(labels, value)
        },
      })
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  }
}
