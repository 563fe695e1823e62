/** The part of the catalogue that a service answers applications with. */
export const answeringErrors = {
  row_invalid: {
    status: 422,
    title: 'A row is not what the model takes',
    remedy:
      'Send each feature of the model once, as a finite number, and nothing else; `details.fields` names what is wrong, and `GET /openapi.json` of the service has the schema.',
  },
  ask_too_large: {
    status: 413,
    title: 'The request is too large for the service',
    remedy: 'Send its rows in several requests; for large tables run the pipeline `batch-inference`.',
  },
  media_type_unsupported: {
    status: 415,
    title: 'The service does not read a body of that kind',
    remedy: 'Send JSON in UTF-8, with `Content-Type: application/json` and without `Content-Encoding`.',
  },
  too_many_rows: {
    status: 422,
    title: 'More rows than a request may have',
    remedy: 'Send them in several requests; for large tables run the pipeline `batch-inference`.',
  },
  service_key_refused: {
    status: 401,
    title: 'The service does not know the caller',
    remedy:
      'Send `Authorization: Bearer KEY` with a key of this deployment: `airlock deployment key create DEPLOYMENT --name NAME`.',
  },
  service_busy: {
    status: 429,
    title: 'The service has too much in hand',
    remedy: 'Nothing was done. Send it again after the seconds in `Retry-After`.',
  },
  service_rate_limited: {
    status: 429,
    title: 'The key asks more often than it may',
    remedy: 'Nothing was done. Send it again after the seconds in `Retry-After`.',
  },
  nobody_serves: {
    status: 503,
    title: 'No version answers',
    remedy:
      'Promote a version, or roll back to one that is sound: `airlock model history MODEL`. The service takes it up by itself.',
  },
  service_draining: {
    status: 503,
    title: 'The service is stopping',
    remedy: 'Nothing was done. Send it again, to another instance or when the service is back.',
  },
  request_too_slow: {
    status: 408,
    title: 'The request did not come in time',
    remedy: 'Nothing was done. Send it again, whole.',
  },
  headers_too_large: {
    status: 431,
    title: 'The headers are too large',
    remedy: 'Send fewer headers, or shorter ones.',
  },
  answer_failed: {
    status: 500,
    title: 'The model or a step of the pipeline failed',
    remedy: 'The log of the service says why, under the request id: `airlock deployment logs NAME`.',
  },
  answer_too_slow: {
    status: 504,
    title: 'The pipeline did not answer in time',
    remedy:
      'Send it again. Where it stays so, a step of the pipeline waits for something that does not come: `airlock deployment logs NAME`.',
  },
  prediction_not_recorded: {
    status: 503,
    title: 'The prediction could not be recorded',
    remedy:
      'No answer was given, because the deployment asks for a durable record. Make room on the disk of the service, then send it again.',
  },
  service_route_unknown: {
    status: 404,
    title: 'The service has no such route',
    remedy: 'See `GET /openapi.json` of the service.',
  },
  service_method_unknown: {
    status: 405,
    title: 'The route is not asked in this way',
    remedy: 'Use the method in the header `Allow`.',
  },
} as const satisfies Record<string, { status: number; title: string; remedy: string }>
