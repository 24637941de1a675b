/** Filters that teach the language, each with what it means. */
export const filterExamples: readonly [text: string, meaning: string][] = [
  ['digits mlp', 'both words, in name, data, model, status, tags or note'],
  ['val/accuracy.best > 0.7', 'a metric: .best, .last, .min, .max, .first; without one its last value'],
  ['lr <= 1e-3 and batch = 32', 'settings by their short names'],
  ['data = "digits" or data = "flowers"', 'text is compared whole, without regard to capitals'],
  ['name ~ resnet', 'contains'],
  ['status in (failed, stopped)', 'one of several'],
  ['not tag = "bad"', 'the opposite; tag != "bad" says the same'],
  ['note = none', 'has no value'],
  ['time > 5m and created >= 2026-01-31', 'times in s, m, h, d; days as year-month-day'],
]
