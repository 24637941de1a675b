import { describe, expect, it } from 'vitest'
import * as format from './format.ts'

describe('format', () => {
  it.each([
    [0, '0'],
    [950, '950'],
    [1234, '1.23 k'],
    [55_800, '55.8 k'],
    [999_949, '1 M'],
    [25_600_000, '25.6 M'],
    [8.4e33, '8.4e33'],
    [Number.NaN, 'NaN'],
  ])('writes the large count %d in short', (value, text) => expect(format.short(value)).toBe(text))

  it.each([
    [0, '0 %'],
    [0.0004, 'less than 0.1 %'],
    [0.023, '2.3 %'],
    [0.114, '11 %'],
    [1, '100 %'],
  ])('writes the share %d in percent', (value, text) => expect(format.percent(value)).toBe(text))

  it.each([
    [812, '812 B'],
    [7_840_000, '7.84 MB'],
  ])('writes %d bytes', (value, text) => expect(format.bytes(value)).toBe(text))

  it.each([
    [2.302585, '2.303'],
    [0.05, '0.05000'],
    [123456, '123456'],
    [0.00001234, '1.234e-5'],
    [-0.5, '−0.5000'],
    [Number.POSITIVE_INFINITY, '∞'],
  ])('writes the measured value %d', (value, text) => expect(format.measure(value)).toBe(text))

  it.each([
    [0, '0.0 s'],
    [0.0946, '95 ms'],
    [0.42, '0.4 s'],
    [12.4, '12 s'],
    [126, '2 m 06 s'],
    [3840, '1 h 04 m'],
    [266_400, '3 d 2 h'],
    [59.7, '1 m 00 s'],
    [-1, '–'],
  ])('writes %d seconds', (value, text) => expect(format.duration(value)).toBe(text))

  it('tells neighbouring ticks apart and no more', () => {
    expect([0.25, 0.3, 0.35].map((v) => format.tickLabel(v, 0.05))).toEqual(['0.25', '0.30', '0.35'])
    expect(format.tickLabel(0.75, 0.25)).toBe('0.75')
    expect(format.tickLabel(20000, 5000)).toBe('20 k')
    expect(format.tickLabel(0, 1)).toBe('0')
  })

  it('names the size of a sample', () => {
    expect(format.sampleSize([1, 28, 28])).toBe('28 × 28 grey')
    expect(format.sampleSize([3, 32, 48])).toBe('48 × 32 colour')
    expect(format.sampleSize([1]), 'one').toBe('1 feature')
    expect(format.counted(1, 'class', 'classes')).toBe('1 class')
  })

  it('gives the clock for today and the date before', () => {
    const now = new Date(2026, 4, 6, 15, 0).getTime()
    expect(format.moment(new Date(2026, 4, 6, 9, 5).getTime(), now)).toBe('09:05')
    expect(format.moment(new Date(2026, 4, 5, 9, 5).getTime(), now)).toBe('5 May 2026, 09:05')
  })

  it('writes short times', () => {
    expect([0.4217, 12.34, 1500].map(format.milliseconds)).toEqual(['0.42 ms', '12 ms', '1.5 s'])
  })

  it('shortens long decimals, and leaves everything else as it is', () => {
    expect(format.withShortDecimals('f0 -0.397167400453845 · f1 1.25 → 1')).toBe('f0 -0.397167 · f1 1.25 → 1')
    expect(format.withShortDecimals('1.23456789e-12, 1234567.12345678')).toBe('1.23457e-12, 1234567')
    expect(format.withShortDecimals('v1.2345678.9 and 2026-11-28')).toBe('v1.2345678.9 and 2026-11-28')
  })
})
